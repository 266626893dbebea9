"""Sums laid out as people read them: a row for each centre, district, theme, kind or stretch of time.

Pure: no database, no web. `None` is "not counted", which is not zero.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.reports.queries import Sum

Amount = int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are the months of the period, `total` their sum, `before` that of the period before.

    `year_before` is that of the same months a year earlier. `at_least` says that not all was
    counted: the total is true, but too low.
    """

    key: str
    name: str
    cells: tuple[Amount, ...]
    total: Amount
    before: Amount
    year_before: Amount = None
    at_least: bool = False

    @property
    def change(self) -> float | None:
        """Return by how much `total` is above `before`, as a share; None where that says nothing."""
        return _above(self.total, self.before)

    @property
    def year_change(self) -> float | None:
        """Return by how much `total` is above `year_before`, as a share."""
        return _above(self.total, self.year_before)


@dataclass(frozen=True, slots=True)
class Table:
    """`sum_row` is of everything; where a date counts in several rows it is less than their sum."""

    rows: tuple[Row, ...]
    sum_row: Row

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing at all to see, in any of the periods."""
        everything = self.sum_row
        return not everything.total and not everything.before and not everything.year_before


@dataclass(frozen=True, slots=True)
class Found:
    """The sums of a period, of the one before it, and of the same months a year earlier."""

    now: Sequence[Sum]
    before: Sequence[Sum]
    year_before: Sequence[Sum]

    @property
    def keys(self) -> Iterable[str]:
        return (found.key for part in (self.now, self.before, self.year_before) for found in part)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rows and columns a table has: `names` are the rows, in their order, with what to call them.

    Rows that `names` lists are there even if empty; what it does not know comes last, named by
    `unknown`. `row_of` says where a sum belongs; `column_of` maps a month of the period (by its
    index) to one of `columns`. A row in `silent` (a centre that never reported) has no zeros,
    and no row has where `zero_is_known` is False.
    """

    names: Sequence[tuple[str, str]]
    unknown: Callable[[str], str]
    columns: int
    column_of: Callable[[int], int]
    row_of: Callable[[Sum], str]
    zero_is_known: bool
    silent: Collection[str] = ()

    def listing(self, *parts: Found) -> "Layout":
        """Return the same layout with a row for every key of `parts`."""
        names = dict(self.names)
        for part in parts:
            for each in (*part.now, *part.before, *part.year_before):
                key = self.row_of(each)
                if key not in names:
                    names[key] = self.unknown(key)
        return replace(self, names=tuple(names.items()))


def lay_out(rows: Found, everything: Found, layout: Layout) -> Table:
    """Return the table of `rows`, with a row that sums up `everything`."""
    layout = layout.listing(rows)
    parts = _parts(rows, layout)
    laid = (_row(key, name, [part.get(key, {}) for part in parts], layout) for key, name in layout.names)
    whole = replace(layout, row_of=lambda _found: "", silent=())
    totals = [part.get("", {}) for part in _parts(everything, whole)]
    return Table(tuple(laid), _row("", "", totals, whole))


def _parts(found: Found, layout: Layout) -> list[dict[str, dict[int, int]]]:
    return [_cells(part, layout) for part in (found.now, found.before, found.year_before)]


def shares(above: Table, below: Table) -> Table:
    """Return the share that each figure of `above` is of the same figure of `below`; None of nothing."""
    rows = (_share_row(top, bottom) for top, bottom in zip(above.rows, below.rows, strict=True))
    return Table(tuple(rows), _share_row(above.sum_row, below.sum_row))


def _share_row(above: Row, below: Row) -> Row:
    cells = (_share(top, bottom) for top, bottom in zip(above.cells, below.cells, strict=True))
    return replace(
        above,
        cells=tuple(cells),
        total=_share(above.total, below.total),
        before=_share(above.before, below.before),
        year_before=_share(above.year_before, below.year_before),
    )


def _share(above: Amount, below: Amount) -> float | None:
    return (above or 0) / below if below else None


def _above(total: Amount, before: Amount) -> float | None:
    if total is None or not before:
        return None
    return total / before - 1


def _cells(found: Iterable[Sum], layout: Layout) -> dict[str, dict[int, int]]:
    cells: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in found:
        cells[layout.row_of(each)][layout.column_of(each.month)] += each.amount
    return cells


def _row(key: str, name: str, parts: Sequence[Mapping[int, int]], layout: Layout) -> Row:
    """Return a row of the sums of its three periods, by column."""
    nothing = 0 if layout.zero_is_known and key not in layout.silent else None
    total, before, year_before = (sum(part.values()) if part else nothing for part in parts)
    cells = tuple(parts[0].get(column, nothing) for column in range(layout.columns))
    return Row(key, name, cells, total, before, year_before)
