"""The table of a report as its page shows it: headers, the sum of the rows, what stands beside a name."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import pgettext

from hub.reports.amounts import written
from hub.reports.labels import MEASURES, WAYS
from hub.reports.report import Report
from shared.web.filters import short_month


class Sheet:
    """Rows of months have no columns of months beside them; rows of centres say how old they are."""

    def __init__(self, report: Report) -> None:
        self._question = report.question
        self._table = report.table
        self._standings = report.standings
        self.by_centre = self._question.way == "centre"
        self.with_months = self._question.way != "month" and len(self._question.scope.period.months) > 1

    @property
    def caption(self) -> str:
        names = {"measure": MEASURES[self._question.measure].name, "way": WAYS[self._question.way]}
        return str(_("%(measure)s by %(way)s", **names))

    @property
    def headers(self) -> list[str]:
        months = [short_month(each.first_day) for each in self._question.scope.period.months]
        return [
            str(WAYS[self._question.way]),
            *(months if self.with_months else ()),
            _("Altogether"),
            _("Period before"),
            pgettext("difference", "Change"),
            *((pgettext("head of a column", "As of"),) if self.by_centre else ()),
        ]

    @property
    def numeric(self) -> range:
        return range(1, 3 + (len(self._table.sum_row.cells) if self.with_months else 0))

    @property
    def footer(self) -> list[str]:
        """Return the sum of all rows; what changed is said above the table."""
        everything = self._table.sum_row
        amounts = (*(everything.cells if self.with_months else ()), everything.total, everything.before)
        figures = [written(self._question.measure, amount) for amount in amounts]
        return [_("Altogether"), *figures, "", *(("",) if self.by_centre else ())]

    def state(self, key: str) -> str:
        """Return what to say beside a centre's name, '' for one that has reported all."""
        if not self.by_centre:
            return ""
        if key in self._standings.missing_ids:
            return str(_("no data"))
        late = any(heard.centre_id == key for heard in self._standings.late)
        return str(pgettext("a centre's data", "late")) if late else ""

    def expects(self, key: str) -> bool:
        """Tell whether a centre should report: one that left the network need not."""
        return any(heard.centre_id == key for heard in self._standings.everyone)

    def as_of(self, key: str) -> datetime | None:
        """Return when a centre's data were last known to be whole."""
        heard = {each.centre_id: each.as_of for each in self._standings.everyone}
        return heard.get(key)
