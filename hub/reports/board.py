"""The table of a report as its page shows it, and the one of the hours of the week.

Sums and changes come first: the columns of time, months of a short period and quarters or years
of a long one, may reach beyond the screen.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import pgettext

from hub.reports.amounts import written
from hub.reports.labels import MEASURES, WAYS
from hub.reports.measures import TIME_WAYS
from hub.reports.naming import months_of
from hub.reports.report import Report
from hub.reports.tables import Amount, Row
from shared.web import vocabulary

HEAT_LEVELS = 5
_HOURS_SHOWN = range(8, 20)  # at least these, so that weeks look alike


class Board:
    """Rows of time have no columns of time beside them; rows of centres say how old they are."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.measure = report.question.measure
        self.by_centre = report.question.way == "centre"
        self.with_columns = report.question.way not in TIME_WAYS and len(report.columns) > 1
        period = report.question.scope.period
        self.with_year_before = period.before != period.year_before
        stand = report.standings
        self._as_of = {heard.centre_id: heard.as_of for heard in stand.everyone}
        self._late = {heard.centre_id for heard in stand.late}

    @property
    def caption(self) -> str:
        way = self._report.question.way
        return str(_("%(measure)s by %(way)s", measure=MEASURES[self.measure].name, way=WAYS[way]))

    @property
    def headers(self) -> list[str]:
        period = self._report.question.scope.period
        change = pgettext("difference", "Change")
        year_before = _("A year before, %(months)s", months=months_of(period.year_before))
        return [
            str(WAYS[self._report.question.way]),
            _("Altogether"),
            _("Period before, %(months)s", months=months_of(period.before)),
            change,
            *((year_before, change) if self.with_year_before else ()),
            *(self._report.columns if self.with_columns else ()),
            *((pgettext("head of a column", "As of"),) if self.by_centre else ()),
        ]

    @property
    def numeric(self) -> set[int]:
        """Return the places of columns with figures: those of changes are words."""
        first = 6 if self.with_year_before else 4
        cells = len(self._report.columns) if self.with_columns else 0
        return {1, 2, *((4,) if self.with_year_before else ()), *range(first, first + cells)}

    @property
    def footer(self) -> list[str]:
        """Return the sum of everything; what changed is said above the table."""
        row = self._report.folded.sum_row
        year_before = (written(self.measure, row.year_before), "") if self.with_year_before else ()
        figures = (self.total(row), written(self.measure, row.before), "", *year_before, *self.cells(row))
        return [_("Altogether"), *figures, *(("",) if self.by_centre else ())]

    def may_grow(self, row: Row, running: bool) -> bool:
        """Tell whether figures of `row` may yet rise: while the period runs, of rows of time only the last."""
        in_time = self._report.question.way in TIME_WAYS
        return running and (not in_time or row.key == self._report.table.rows[-1].key)

    def cells(self, row: Row) -> list[str]:
        """Return the figures of the columns of time."""
        return [written(self.measure, cell) for cell in row.cells] if self.with_columns else []

    def total(self, row: Row) -> str:
        return written(self.measure, row.total, at_least=row.at_least)

    def state(self, key: str) -> str:
        """Return what to say beside a centre's name, '' for one that has reported all."""
        if not self.by_centre:
            return ""
        if key in self._report.standings.missing_ids:
            return str(_("no data"))
        return str(pgettext("a centre's data", "late")) if key in self._late else ""

    def expects(self, key: str) -> bool:
        """Tell whether a centre should report: one that left the network need not."""
        return key in self._as_of

    def as_of(self, key: str) -> datetime | None:
        """Return when a centre's data were last known to be whole."""
        return self._as_of.get(key)


class Cell(NamedTuple):
    """A figure and how strong it is beside the others, from 0 to HEAT_LEVELS - 1."""

    figure: Amount
    level: int


class HeatRow(NamedTuple):
    name: str
    cells: Sequence[Cell]
    total: Amount


class Heat(NamedTuple):
    """Visits by hour (rows) and weekday (columns); the last row sums up the days."""

    headers: Sequence[str]
    rows: Sequence[HeatRow]
    footer: Sequence[str]


def heat(report: Report) -> Heat:
    """Return the hours of the week; a stretch of hours that nobody ever counted in is left out."""
    found = {row.key: row.total for row in report.table.rows if row.total is not None}
    hours = sorted({int(key[2:]) for key in found} | set(_HOURS_SHOWN))
    most = max((amount for amount in found.values() if amount), default=0)
    rows = [_heat_row(hour, found, most) for hour in range(hours[0], hours[-1] + 1)]
    by_day = [_together([row.cells[day].figure for row in rows]) for day in range(7)]
    sums = [written("visits", amount) for amount in (*by_day, _together(by_day))]
    return Heat([_("Time of day"), *map(str, vocabulary.WEEKDAYS), _("Altogether")], rows, [_("Altogether"), *sums])


def _heat_row(hour: int, found: Mapping[str, Amount], most: float) -> HeatRow:
    amounts = [found.get(f"{day}-{hour:02d}") for day in range(7)]
    cells = [Cell(amount, _level(amount, most)) for amount in amounts]
    return HeatRow(f"{hour:02d}–{hour + 1:02d}", cells, _together(amounts))


def _together(amounts: Sequence[Amount]) -> Amount:
    """Return the sum of what was counted; None where nothing was."""
    counted = [amount for amount in amounts if amount is not None]
    return sum(counted) if counted else None


def _level(amount: Amount, most: float) -> int:
    return min(HEAT_LEVELS - 1, int(HEAT_LEVELS * amount / most)) if amount and most else 0
