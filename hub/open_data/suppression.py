"""Which counts of published tables are withheld, so that nobody can be recognised in them. Pure.

A count of visits of 1 to `threshold` - 1 may be the visits of somebody whom neighbours know. The rule:

1. *Small*: such a count of the finest table is not published, but marked "fewer than `threshold`".
2. Zero is published. It concerns nobody, and without it "nobody came" would look like "nobody
   counted", the difference that matters most to whoever reads the figures.
3. *Withheld*: a small count could be worked out from sums that are published beside it: of kinds, of
   districts, of months, in whichever table they stand. So each small count gets a *shield*: other
   counts and sums that are withheld with it. A sum is only ever "withheld", never "fewer than":
   how large it is stays open.

Why that is enough. A shield is a set of cells in which the small count can be anything from 1 to
`threshold` - 1 while every published cell stays as it is: along each axis either a *partner* (another
kind, say) takes up what is added or taken away, or the sums along that axis move along and are withheld
too. Partners are at least 2 * (`threshold` - 1), so that after any such change they still read as
"withheld" and not as small. Since each of these other tables is a possible truth, whoever solves the
equations of all published cells together learns of a small count only that it is one of
1 … `threshold` - 1, and of a withheld cell never less than `threshold` - 1 possible values. A sum
that is small itself always lies in the shield of a count it contains. `tests/hub/open_data`
attacks random tables and has to fail.

Stable: the same counts give the same marks. On an axis without partners (the months) a shield is chosen
by what it takes of its own month alone, and what it takes of the sums above is withheld whatever that
costs. So neither a new month, nor the sum of a year that is over, nor a month that is no longer published
ever changes the marks of another month: all files together say of it what each of them says.

What it does not prevent:

- A late correction changes counts that were published. Whoever kept the older file sees the difference,
  also that of a sum that contains a small count. Months are therefore published some days after
  their end (`visits.SETTLED_AFTER`).
- Somebody who knows one of the visits, or a house's own counts, can subtract them.
- A lower threshold publishes what a higher one withheld, and another partner may be chosen: both files
  together say more than either. The threshold is no dial to play with.
- Partners are large on purpose, and the cheapest shield is taken. Whoever runs this very program on
  guesses may find some guesses less likely than others, but none of 1 … `threshold` - 1 impossible by sums.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest
from itertools import product

Cell = tuple[str, ...]  # one node of each axis: a leaf, or one of the sums above it
THRESHOLD_LEAST = 3  # with 2, "fewer than 2" would say 1
PARTNERS_MAX = 12  # tried along each axis: a thousand houses by five years would take hours
_SUM_WEIGHS = 3  # a sum is worth more to readers than a single count: lose three of these rather than one sum


class Mark(StrEnum):
    SMALL = "small"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Axis:
    """`above` gives for each leaf the sums it goes into, nearest first.

    Without `partners`, leaves never stand in for each other: months, whose marks must not depend
    on months to come.
    """

    above: Mapping[str, tuple[str, ...]]
    partners: bool = True

    def path(self, leaf: str) -> tuple[str, ...]:
        """Return the leaf and all sums above it."""
        return (leaf, *self.above[leaf])

    def moved(self, leaf: str, partner: str | None) -> tuple[str, ...]:
        """Return the nodes that change when `leaf` does and its partner makes up for it; None is no partner."""
        mine = self.path(leaf)
        if partner is None:
            return mine
        others = self.path(partner)
        return (*(node for node in mine if node not in others), *(node for node in others if node not in mine))


def suppress(counts: Mapping[Cell, int], axes: Sequence[Axis], threshold: int) -> dict[Cell, Mark]:
    """Return the marks of all cells that must not be published, leaves and sums; the others may be.

    `counts` are those of the leaves; a leaf that is missing counts as zero. A `threshold` of 0 marks nothing.
    """
    assert threshold == 0 or threshold >= THRESHOLD_LEAST, "a threshold of 1 or 2 protects nobody"
    marks = {cell: Mark.SMALL for cell, count in counts.items() if 0 < count < threshold}
    for cell in sorted(marks):
        for other in _cheapest_shield(cell, counts, axes, threshold, marks):
            marks.setdefault(other, Mark.WITHHELD)
    return marks


def sums(counts: Mapping[Cell, int], axes: Sequence[Axis]) -> dict[Cell, int]:
    """Return all cells, the leaves and every sum above them."""
    found: dict[Cell, int] = {}
    for cell, count in counts.items():
        for node in product(*(axis.path(leaf) for axis, leaf in zip(axes, cell, strict=True))):
            found[node] = found.get(node, 0) + count
    return found


def _cheapest_shield(
    cell: Cell, counts: Mapping[Cell, int], axes: Sequence[Axis], threshold: int, marks: Mapping[Cell, Mark]
) -> list[Cell]:
    """Return the shield that withholds least of what is not withheld yet; ties go to the smaller counts.

    Sums along an axis without partners have no price: which there are must not change the choice.
    """
    leaves = [axis.above.keys() for axis in axes]
    own = [place for place, axis in enumerate(axes) if not axis.partners]

    def price(shield: tuple[list[Cell], int]) -> tuple[int, int, list[Cell]]:
        cells = [other for other in shield[0] if all(other[place] == cell[place] for place in own)]
        return sum(_weight(other, leaves) for other in cells if other not in marks), shield[1], cells

    partners = [_partners(cell, place, counts, axis, 2 * (threshold - 1), marks) for place, axis in enumerate(axes)]
    return min(_shields(cell, counts, axes, partners, 2 * (threshold - 1)), key=price)[0]


def _weight(cell: Cell, leaves: Sequence[object]) -> int:
    weight = 1
    for node, known in zip(cell, leaves, strict=True):
        weight *= 1 if node in known else _SUM_WEIGHS  # type: ignore[operator]
    return weight


def _shields(
    cell: Cell,
    counts: Mapping[Cell, int],
    axes: Sequence[Axis],
    choices: Sequence[Sequence[str | None]],
    enough: int,
) -> Iterator[tuple[list[Cell], int]]:
    """Yield the shields of a cell with the sum of the counts they take; the one without partners is always there."""
    for partners in product(*choices):
        pairs = [(leaf,) if other is None else (leaf, other) for leaf, other in zip(cell, partners, strict=True)]
        corners = [counts.get(corner, 0) for corner in product(*pairs) if corner != cell]
        if all(count >= enough for count in corners):
            nodes = [axis.moved(*pair) for axis, pair in zip(axes, zip(cell, partners, strict=True), strict=True)]
            yield list(product(*nodes)), sum(corners)


def _partners(  # noqa: PLR0917 (a cell, its place among all, and what it has to be)
    cell: Cell, place: int, counts: Mapping[Cell, int], axis: Axis, enough: int, marks: Mapping[Cell, Mark]
) -> list[str | None]:
    """Return who may stand in for the cell along one axis: nobody, and whoever is large enough.

    Of many, those that are withheld already, then the smallest: they cost readers least.
    """
    if not axis.partners or not axis.above[cell[place]]:
        return [None]
    able = []
    for other in axis.above:
        beside = (*cell[:place], other, *cell[place + 1 :])
        if other != cell[place] and (count := counts.get(beside, 0)) >= enough:
            able.append((beside not in marks, count, other))
    return [None, *(other for _free, _count, other in nsmallest(PARTNERS_MAX, able))]
