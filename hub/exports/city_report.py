"""The report of the whole city for a period: every key figure, district by district, norm, offers, occupancy.

Rule: each figure is read once, split by district; the pages of the districts are made of the same
tables, so that no two places of the report can disagree.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from flask_babel import gettext as _

from hub.exports import standing_parts
from hub.exports.grid import Grid, Line, Value, grid_of, may_be_published
from hub.exports.notes import Note, completeness_notes, licence_notes, marks_notes
from hub.exports.paper import Part, Table, part_of, written
from hub.open_data.terms import Terms
from hub.reports.labels import MEASURES
from hub.reports.report import Report
from hub.reports.views import Desk

WAY = "district"


class Figure(NamedTuple):
    """A key figure by district, as it was read and as files show it."""

    report: Report
    grid: Grid


def figures(desk: Desk, threshold: int | None) -> dict[str, Figure]:
    """Return all key figures by district; of those for publication, the ones that may be."""
    found: dict[str, Figure] = {}
    for measure in MEASURES:
        if threshold is None or may_be_published(measure):
            report = desk.report(measure, WAY)
            found[measure] = Figure(report, grid_of(report, threshold))
    return found


def parts(desk: Desk, found: Mapping[str, Figure], terms: Terms, threshold: int | None) -> Iterator[Part]:
    """Yield the parts of the report on paper, in their order."""
    yield _summary(found)
    for number, figure in enumerate(found.values()):
        yield part_of(figure.report, figure.grid, fresh=number == 0)
    yield from _districts(found)
    if threshold is None:
        yield from standing_parts.parts(desk)
    yield _reading(found, terms, threshold)


def reading_notes(found: Mapping[str, Figure], terms: Terms, threshold: int | None) -> Iterator[Note]:
    """Yield how to read all of it: what each figure counts, as of, marks, licence."""
    some = next(iter(found.values()))
    yield from completeness_notes(some.report)
    yield from licence_notes(threshold, terms)
    yield from marks_notes(some.grid, terms)
    for measure in found:
        yield str(MEASURES[measure].name), str(MEASURES[measure].counts)


def _summary(found: Mapping[str, Figure]) -> Part:
    some = next(iter(found.values()))
    return Part(
        title=_("Key figures"),
        table=_table(found, lambda grid: grid.everything),
        notes=[" · ".join(f"{name}: {words}" for name, words in completeness_notes(some.report))],
    )


def _districts(found: Mapping[str, Figure]) -> Iterator[Part]:
    names = [line.name for line in next(iter(found.values())).grid.lines]
    yield Part(title=_("District by district"), words=[_("The same figures as above, put together for each district.")],
               fresh=True)  # fmt: skip
    for name in names:
        table = _table(found, partial(_line_of, name))
        yield Part(title=name, level=2, table=table)


def _table(found: Mapping[str, Figure], choose: Callable[[Grid], Line | None]) -> Table:
    some = next(iter(found.values())).grid
    columns = [_("Figure"), *(column.name for column in some.columns[some.total_place + 1 :])]
    rows: list[Sequence[str]] = []
    for measure, each in found.items():
        line = choose(each.grid)
        values: Sequence[Value] = _ends(each.grid, line) if line else [None] * (len(columns) - 1)
        rows.append([str(MEASURES[measure].name), *(
            written(value, each.grid, at_least=bool(line and line.at_least) and place == 0)
            for place, value in enumerate(values)
        )])  # fmt: skip
    return Table(columns, rows)


def _line_of(name: str, grid: Grid) -> Line | None:
    return next((line for line in grid.lines if line.name == name), None)


def _ends(grid: Grid, line: Line) -> Sequence[Value]:
    return line.values[grid.total_place :]


def _reading(found: Mapping[str, Figure], terms: Terms, threshold: int | None) -> Part:
    rows = [list(note) for note in reading_notes(found, terms, threshold)]
    return Part(
        title=_("How to read this report"), fresh=True, table=Table([_("What"), _("Meaning")], rows, words=True)
    )
