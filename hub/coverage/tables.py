"""The map of offers as a table: rows and columns as wished, and what each cell says.

Rule: a cell without offers says so in words, and whether there is at least something for everyone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.city.queries import Part
from hub.coverage.models import Aspect
from hub.coverage.queries import NOTHING, Cells, Count
from hub.coverage.sums import EVERYONE


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says: its count, what there is for everyone instead, and how addresses ask for what is behind."""

    count: Count
    for_everyone: Count
    arguments: Mapping[str, str]

    @property
    def state(self) -> str:
        if self.count.dates:
            return "served"
        return "open" if self.for_everyone.dates else "gap"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is called, its cells, and all its offers, each once."""

    name: Any
    note: str
    arguments: Mapping[str, str]
    cells: tuple[Cell, ...]
    total: Count

    @property
    def missing(self) -> int:
        return sum(cell.state == "gap" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Head:
    """A row or a column before its cells: its key, its name, and how addresses say it."""

    key: Any
    name: Any
    arguments: Mapping[str, str]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in rows and columns; `row_of` and `column_of` say where (place, theme, key) belongs."""

    rows: Sequence[Head]
    columns: Sequence[Head]
    row_of: Callable[[Part, str, str], Any]
    column_of: Callable[[Part, str, str], str]
    aspect: Aspect


def table(layout: Layout, cells: Cells, whole: Cells) -> list[Row]:
    """Fill the cells. `whole` are the sums in which each offer counts once, for the last column."""
    counted: dict[Any, Count] = {}
    totals: dict[Any, Count] = {}
    for where, count in cells.items():
        _add(counted, (layout.row_of(*where), layout.column_of(*where)), count)
    for where, count in whole.items():
        _add(totals, layout.row_of(*where), count)
    return [_row(layout, head, counted, totals.get(head.key, NOTHING)) for head in layout.rows]


def _row(layout: Layout, head: Head, counted: Mapping[Any, Count], total: Count) -> Row:
    everyone = counted.get((head.key, EVERYONE), NOTHING) if layout.aspect == Aspect.GROUP else NOTHING
    found = tuple(
        Cell(counted.get((head.key, column.key), NOTHING), everyone, {**head.arguments, **column.arguments})
        for column in layout.columns
    )
    return Row(head.name, head.note, head.arguments, found, total)


def _add(counted: dict[Any, Count], key: Any, count: Count) -> None:
    before = counted.get(key, NOTHING)
    counted[key] = Count(before.dates + count.dates, before.offers + count.offers)
