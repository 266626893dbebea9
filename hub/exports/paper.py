"""Reports on paper: A4 with page numbers, contents, charts and tables, as a tagged PDF (typst).

Rule: a chart never stands without its table, and every part says as of when it is and of whom.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from hub.exports.drawings import on_paper
from hub.exports.grid import Grid, Line, Value
from hub.exports.notes import completeness_notes
from hub.exports.workbook import in_words
from hub.open_data.suppression import Mark
from hub.reports.labels import WAYS
from hub.reports.measures import ORDERED_WAYS
from hub.reports.pictures import BARS_MAX, left_out, picture
from hub.reports.report import Report
from shared.web import charts
from shared.web.charts import Chart, Series
from shared.web.filters import number, percent
from shared.web.languages import language

_PAPER = Path(__file__).parent / "paper" / "report.typ"
MONTHS_BESIDE_MAX = 12  # more columns than that nobody can read on upright A4


@dataclass
class Table:
    """`sum` says that the last row adds up; `words` that it has no figures."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    sum: bool = False
    words: bool = False


@dataclass
class Part:
    """`fresh` begins on a page of its own; `chart` is {"svg", "alt"}."""

    title: str
    level: int = 1
    lead: str = ""
    words: Sequence[str] = ()
    chart: dict[str, str] | None = None
    table: Table | None = None
    notes: Sequence[str] = field(default_factory=list)
    fresh: bool = False


def printed(title: str, scope: str, author: str, foot: str, parts: Sequence[Part]) -> bytes:
    """Return the report as a PDF."""
    sheet = {
        "title": title,
        "scope": scope,
        "author": author,
        "foot": foot,
        "language": language(),
        "words": {"contents": _("Contents"), "page": _("Page")},
        "parts": [asdict(part) for part in parts],
    }
    # Loaded with the first paper: it takes 7 MB, and a city prints once a month.
    made: Any = import_module("typst").compile(
        _PAPER.read_bytes(), sys_inputs={"sheet": json.dumps(sheet)}, pdf_standards="ua-1"
    )
    return bytes(made)


def part_of(report: Report, grid: Grid, *, level: int = 1, fresh: bool = False) -> Part:
    """Return the part about one figure: its sum, its chart, its table, how complete it is."""
    chart = _chart(report, grid)
    hidden = left_out(report) if chart else 0
    said = [f"{name}: {words}" for name, words in completeness_notes(report)]
    if hidden:
        said.append(_("The chart shows the largest rows; the table has all."))
    total = grid.everything.values[grid.total_place]
    return Part(
        title=grid.title,
        level=level,
        lead=_("Altogether: %(figure)s", figure=written(total, grid, at_least=grid.everything.at_least)),
        words=[grid.counts],
        chart={"svg": on_paper(chart), "alt": f"{chart.title}. {_('The table below has the same figures.')}"}
        if chart
        else None,
        table=table_of(grid),
        notes=[" · ".join(said)],
        fresh=fresh,
    )


def table_of(grid: Grid) -> Table:
    """Return the table with its figures written out; a long period shows its sums only."""
    first = grid.total_place if grid.total_place > MONTHS_BESIDE_MAX else 0
    columns = [grid.columns[0].name, *(column.short or column.name for column in grid.columns[first + 1 :])]
    rows = [_written(line, grid, first) for line in (*grid.lines, grid.everything)]
    return Table(columns, rows, sum=True)


def written(value: Value, grid: Grid, *, at_least: bool = False) -> str:
    """Return a figure in the language of the page."""
    if isinstance(value, Mark) or value is None:
        return in_words(value, grid)
    words = percent(value / 100) if grid.unit == "share" else number(value)
    return f"≥\N{NO-BREAK SPACE}{words}" if at_least else words


def _written(line: Line, grid: Grid, first: int) -> list[str]:
    return [
        line.name,
        *(
            written(value, grid, at_least=line.at_least and place == grid.total_place)
            for place, value in enumerate(line.values)
            if place >= first
        ),
    ]


def _chart(report: Report, grid: Grid) -> Chart | None:
    """Return the chart of the page; for publication one without what is withheld."""
    if grid.threshold is None:
        return picture(report) if report.question.way != "week" else None
    if report.table.empty or report.question.way == "week":
        return None
    totals = [(line.name, line.values[grid.total_place]) for line in grid.lines]
    if report.question.way not in ORDERED_WAYS:
        largest = sorted(totals, key=lambda each: -_size(each[1]))[:BARS_MAX]
        totals = [each for each in totals if each in largest]
    series = [Series(_("This period"), [None if isinstance(value, Mark) else value for _name, value in totals])]
    draw = charts.lines if len(totals) > BARS_MAX else charts.bars
    return draw(grid.title, grid.counts, [name for name, _value in totals], series, str(WAYS[report.question.way]))


def _size(value: Value) -> float:
    return 0 if value is None or isinstance(value, Mark) else value
