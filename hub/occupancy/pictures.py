"""The chart beside the table: how much of the open time was used, evenings and weekends beside the whole."""

from collections.abc import Sequence

from flask_babel import gettext as _

from hub.occupancy.adding import Amounts
from hub.occupancy.tables import TIME_WAYS, Row, Table
from hub.occupancy.wording import WAYS
from shared.web import charts
from shared.web.charts import Chart, Series
from shared.web.filters import percent

BARS_MAX = 12  # more than that cannot be labelled on a page's width


def picture(found: Table, way: str) -> Chart | None:
    """Return the chart of a table, None where nothing was open."""
    if not found.altogether.now.whole.open_s:
        return None
    rows = found.rows if way in TIME_WAYS else _largest(found.rows)
    series = [Series(_("All open time"), [_percent(row.now.whole) for row in rows])]
    if way != "part":
        series += [
            Series(_("Evenings from 6 pm"), [_percent(row.now.evening) for row in rows]),
            Series(_("Weekends"), [_percent(row.now.weekend) for row in rows]),
        ]
    title = _("Occupancy by %(way)s", way=WAYS[way])
    about = _("Share of the open space hours that were used, in percent.")
    draw = charts.lines if way in TIME_WAYS and len(rows) > BARS_MAX else charts.bars
    return draw(title, about, [row.name for row in rows], series, str(WAYS[way]), _written)


def left_out(found: Table, way: str) -> int:
    """Return how many rows of the table the chart leaves out."""
    return 0 if way in TIME_WAYS else max(0, len(found.rows) - BARS_MAX)


def _percent(amounts: Amounts) -> float | None:
    return None if amounts.occupancy is None else round(100 * amounts.occupancy, 1)


def _written(figure: float) -> str:
    return percent(figure / 100)


def _largest(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with the most open time, still in the order of the table."""
    chosen = sorted(rows, key=lambda row: -row.now.whole.open_s)[:BARS_MAX]
    return [row for row in rows if row in chosen]
