"""The chart beside the table of a report: the same figures, this period beside the one before."""

from flask_babel import gettext as _

from hub.reports.amounts import figure_of
from hub.reports.labels import MEASURES, WAYS
from hub.reports.measures import ORDERED_WAYS
from hub.reports.report import Report
from hub.reports.tables import Row
from shared.records.centres import CentreKind
from shared.web import charts
from shared.web.charts import Chart, Series

BARS_MAX = 12  # more than that cannot be labelled on a page's width


def picture(report: Report) -> Chart | None:
    """Return the chart of a report, None where there is nothing to draw.

    Months follow each other and stay in their order; of other rows the largest are drawn.
    """
    if report.table.empty:
        return None
    measure, way = report.question.measure, report.question.way
    in_time = way in ORDERED_WAYS
    rows = report.table.rows if in_time else _largest(report.table.rows)
    series = [
        Series(_("This period"), [figure_of(measure, row.total) for row in rows]),
        Series(_("Period before"), [figure_of(measure, row.before) for row in rows]),
    ]
    if report.question.scope.period.before != report.question.scope.period.year_before:
        series.append(Series(_("Year before"), [figure_of(measure, row.year_before) for row in rows]))
    title = _("%(measure)s by %(way)s", measure=MEASURES[measure].name, way=WAYS[way])
    draw = charts.lines if in_time and len(rows) > BARS_MAX else charts.bars
    return draw(title, str(MEASURES[measure].counts), [_short(row.name) for row in rows], series, str(WAYS[way]))


def left_out(report: Report) -> int:
    """Return how many rows of the table the chart leaves out."""
    return 0 if report.question.way in ORDERED_WAYS else max(0, len(report.table.rows) - BARS_MAX)


def _short(name: str) -> str:
    """Return what tells a house from others: "Rheinhausen" of "Nachbarschaftszentrum Rheinhausen"."""
    kind, _space, place = name.partition(" ")
    return place if place and kind.casefold().replace("ü", "ue") in set(CentreKind) else name


def _largest(rows: tuple[Row, ...]) -> list[Row]:
    """Return the largest rows, still in the order of the table."""
    chosen = sorted(rows, key=lambda row: -max(row.total or 0, row.before or 0))[:BARS_MAX]
    return [row for row in rows if row in chosen]
