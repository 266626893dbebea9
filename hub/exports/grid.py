"""The table of a report as all files show it: plain values, and marks where a count is withheld.

For the city every figure stands as it was counted. For publication small counts of persons and
visits are withheld (`hub.open_data.suppression`) and there is no period before and no year before:
two files of neighbouring periods would tell each other's secrets. Rates of persons are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _

from hub.open_data.suppression import Axis, Cell, Mark, suppress
from hub.reports.amounts import figure_of
from hub.reports.labels import MEASURES, WAYS
from hub.reports.measures import TIME_WAYS
from hub.reports.report import Report
from hub.reports.tables import Row
from shared.web.filters import month as month_name
from shared.web.filters import short_month

OF_PERSONS = frozenset({"visits", "came", "registered", "waiting"})
RATES_OF_PERSONS = frozenset({"no_shows"})
Value = float | int | Mark | None  # None: nobody counted
_TOTAL, _ALL = "total", "all"


class Line(NamedTuple):
    name: str
    values: Sequence[Value]
    at_least: bool = False  # the total is true, but not all was counted


class Look(NamedTuple):
    """Which columns a table has beside the total."""

    by_month: bool
    with_before: bool
    with_year_before: bool


class Column(NamedTuple):
    name: str
    about: str
    short: str = ""  # for narrow places


@dataclass(frozen=True)
class Grid:
    """`threshold` is None where nothing is withheld; `unit` is "count", "hours" or "share"."""

    title: str
    counts: str
    unit: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    everything: Line
    total_place: int  # where among the values of a line its total stands
    threshold: int | None = None

    @property
    def withholds(self) -> bool:
        return any(isinstance(value, Mark) for line in self.lines for value in line.values)


def may_be_published(measure: str) -> bool:
    """Whether a figure can be withheld cell by cell: a rate of few persons cannot."""
    return measure not in RATES_OF_PERSONS


def grid_of(report: Report, threshold: int | None = None) -> Grid:
    """Return the table of a report; with a threshold, for publication."""
    measure, way = report.question.measure, report.question.way
    guarded = threshold is not None
    marks = _marks(report, threshold or 0) if guarded and measure in OF_PERSONS else {}
    period = report.question.scope.period
    look = Look(way not in TIME_WAYS, not guarded, not guarded and period.before != period.year_before)
    title = _("%(measure)s by %(way)s", measure=MEASURES[measure].name, way=WAYS[way])
    return Grid(
        title,
        str(MEASURES[measure].counts),
        _unit(measure),
        [Column(str(WAYS[way]), _("What the row is of")), *_columns(report, look)],
        [_line(row, measure, marks, look=look) for row in report.table.rows],
        _line(report.table.sum_row, measure, marks, look=look, is_sum=True),
        len(report.table.sum_row.cells) if look.by_month else 0,
        threshold,
    )


def _unit(measure: str) -> str:
    if measure == "booked_hours":
        return "hours"
    return "share" if measure in ("no_shows", "cancellation_rate") else "count"


def _columns(report: Report, look: Look) -> list[Column]:
    period = report.question.scope.period
    about = _("This month of the period")
    days = [month.first_day for month in period.months] if look.by_month else []
    found = [Column(month_name(day), about, short_month(day)) for day in days]
    found.append(Column(_("Whole period"), _("The whole period")))
    if look.with_before:
        found.append(Column(_("Period before"), _("As many months, directly before")))
        if look.with_year_before:
            found.append(Column(_("Year before"), _("The same months a year earlier")))
    return found


def _line(
    row: Row,
    measure: str,
    marks: Mapping[Cell, Mark],
    *,
    look: Look,
    is_sum: bool = False,
) -> Line:
    key = _ALL if is_sum else f"={row.key}"
    cells = list(enumerate(row.cells)) if look.by_month else []
    values: list[Value] = [marks.get((key, str(month))) or figure_of(measure, cell) for month, cell in cells]
    values.append(marks.get((key, _TOTAL)) or figure_of(measure, row.total))
    if look.with_before:
        values.append(figure_of(measure, row.before))
        if look.with_year_before:
            values.append(figure_of(measure, row.year_before))
    return Line(_("Altogether") if is_sum else row.name, values, row.at_least)


def _marks(report: Report, threshold: int) -> dict[Cell, Mark]:
    """Return what to withhold; rows and months are the axes, with the sums of both."""
    rows = report.table.rows
    places = Axis({f"={row.key}": (_ALL,) for row in rows})
    if report.question.way in TIME_WAYS:
        counts: dict[Cell, int] = {(f"={row.key}", _TOTAL): int(row.total or 0) for row in rows}
        return suppress(counts, [places, Axis({_TOTAL: ()})], threshold)
    months = {str(month): (_TOTAL,) for month in range(len(report.table.sum_row.cells))}
    cells: dict[Cell, int] = {
        (f"={row.key}", str(month)): int(cell or 0) for row in rows for month, cell in enumerate(row.cells)
    }
    return suppress(cells, [places, Axis(months)], threshold)
