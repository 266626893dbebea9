"""A day as a table: columns (spaces, say) beside each other, time from top to bottom.

Pure: it decides which cell begins in which row and how many rows it spans; templates draw
it as an HTML table. Free time is one cell, however long ("frei 11:30–15:00").
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Block:
    """Something that takes up [starts_at, ends_at) of a column; `what` is for the template."""

    column: Hashable
    starts_at: datetime
    ends_at: datetime
    what: Any


@dataclass(frozen=True)
class Cell:
    """A cell that begins in its row and spans `rows`; without blocks it is free time.

    Several blocks share a cell if they meet in a row (two requests for the same hour).
    """

    column: Hashable
    starts_at: datetime
    ends_at: datetime
    rows: int
    blocks: tuple[Block, ...]

    @property
    def is_free(self) -> bool:
        return not self.blocks


@dataclass(frozen=True)
class Row:
    """A row of the table: the instant at its top, and the cells that begin in it."""

    starts_at: datetime
    cells: tuple[Cell, ...]


def day_grid(
    columns: Sequence[Hashable],
    blocks: Iterable[Block],
    starts_at: datetime,
    ends_at: datetime,
    step: timedelta = timedelta(minutes=30),
) -> list[Row]:
    """Return the rows from `starts_at` to `ends_at`; blocks outside are cut off at the edges.

    A block that does not begin or end on a step takes up the whole row there. Steps are
    real time: a day with 25 hours has more rows.
    """
    height = -(-(ends_at - starts_at) // step)
    beginning: list[list[Cell]] = [[] for _row in range(height)]
    listed = list(blocks)
    for column in columns:
        own = [block for block in listed if block.column == column]
        for first, last, together in _stacked(own, starts_at, step, height):
            cell = Cell(column, *_covered(first, last, together, starts_at, step), last - first, together)
            beginning[first].append(cell)
    return [Row(starts_at + number * step, tuple(cells)) for number, cells in enumerate(beginning)]


def _stacked(
    blocks: list[Block], starts_at: datetime, step: timedelta, height: int
) -> Iterable[tuple[int, int, tuple[Block, ...]]]:
    """Yield (first row, row after the last, blocks) from top to bottom, free stretches included."""
    free_from = 0
    spans = sorted(
        (max(0, (block.starts_at - starts_at) // step), min(height, -(-(block.ends_at - starts_at) // step)), number)
        for number, block in enumerate(blocks)
    )
    clusters: list[tuple[int, int, list[Block]]] = []
    for first, last, number in spans:
        if first >= height or last <= first:
            continue
        if clusters and first < clusters[-1][1]:
            before_first, before_last, together = clusters.pop()
            clusters.append((before_first, max(before_last, last), [*together, blocks[number]]))
        else:
            clusters.append((first, last, [blocks[number]]))
    for first, last, together in clusters:
        if first > free_from:
            yield free_from, first, ()
        yield first, last, tuple(sorted(together, key=lambda block: (block.starts_at, block.ends_at)))
        free_from = last
    if free_from < height:
        yield free_from, height, ()


def _covered(
    first: int, last: int, together: tuple[Block, ...], starts_at: datetime, step: timedelta
) -> tuple[datetime, datetime]:
    """Return what a cell stands for: its blocks' own times, or the free stretch between rows."""
    if together:
        return together[0].starts_at, max(block.ends_at for block in together)
    return starts_at + first * step, starts_at + last * step
