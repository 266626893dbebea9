"""Sums laid out as people read them: a row for each centre, district, theme, kind or month.

Pure: no database, no web. `None` is "not counted", which is not zero.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from hub.reports.queries import Sum

Amount = int | None


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are the months of the period, `total` their sum, `before` that of the period before."""

    key: str
    name: str
    cells: tuple[Amount, ...]
    total: Amount
    before: Amount

    @property
    def change(self) -> float | None:
        """Return by how much `total` is above `before`, as a share; None where that says nothing."""
        if self.total is None or not self.before:
            return None
        return self.total / self.before - 1


@dataclass(frozen=True, slots=True)
class Table:
    """`sum_row` adds up all rows; its cells are the months of the period."""

    rows: tuple[Row, ...]
    sum_row: Row

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing at all to see, in either period."""
        return not self.sum_row.total and not self.sum_row.before


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows a table has: `row_of` says where a sum belongs, `names` what to call it.

    Rows that `names` lists are there even if empty; what it does not know comes last,
    named by `unknown`. `months` is the number of columns. A row in `silent` (a centre that
    never reported) has no zeros, and no row has where `zero_is_known` is False.
    """

    row_of: Callable[[Sum], str]
    names: Sequence[tuple[str, str]]
    unknown: Callable[[str], str]
    months: int
    zero_is_known: bool
    silent: Collection[str] = ()


def lay_out(now: Sequence[Sum], before: Sequence[Sum], layout: Layout) -> Table:
    """Return the table of the sums of a period beside those of the period before it."""
    keys = dict(layout.names)
    for found in (*now, *before):
        key = layout.row_of(found)
        keys.setdefault(key, layout.unknown(key))
    cells = _cells(now, layout.row_of)
    earlier = _cells(before, layout.row_of)
    rows = tuple(_row(key, name, cells.get(key, {}), earlier.get(key, {}), layout) for key, name in keys.items())
    everything = _row("", "", _cells(now, _everywhere)[""], _cells(before, _everywhere)[""], layout)
    return Table(rows, everything)


def by_month(now: Sequence[Sum], before: Sequence[Sum], names: Sequence[str], *, zero_is_known: bool) -> Table:
    """Return a table with a row for each month; `before` is the month at the same place in the period before."""
    layout = Layout(_month, [(str(index), name) for index, name in enumerate(names)], str, len(names), zero_is_known)
    return lay_out(now, before, layout)


def _month(found: Sum) -> str:
    return str(found.month)


def _everywhere(found: Sum) -> str:
    return ""


def _cells(found: Iterable[Sum], row_of: Callable[[Sum], str]) -> dict[str, dict[int, int]]:
    cells: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in found:
        cells[row_of(each)][each.month] += each.amount
    return cells


def _row(key: str, name: str, cells: dict[int, int], earlier: dict[int, int], layout: Layout) -> Row:
    nothing = 0 if layout.zero_is_known and key not in layout.silent else None
    return Row(
        key,
        name,
        tuple(cells.get(month, nothing) for month in range(layout.months)),
        sum(cells.values()) if cells else nothing,
        sum(earlier.values()) if earlier else nothing,
    )
