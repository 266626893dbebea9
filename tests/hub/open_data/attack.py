"""Somebody who wants to know a count that was withheld, and can solve equations.

The attacker knows every published cell, that every cell is a sum of whole numbers that are not
negative, and what the marks mean. The search is exact: it looks for a table that agrees with all
that is published and has a certain value in a certain cell.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from hub.open_data.suppression import Axis, Cell, Mark

Bounds = dict[Cell, tuple[int, int]]
Equation = tuple[list[Cell], int]


class Attacker:
    """Reads published tables: the values of unmarked cells, and the marks of the others."""

    def __init__(
        self, published: Mapping[Cell, int], marks: Mapping[Cell, Mark], axes: Sequence[Axis], threshold: int
    ) -> None:
        self.threshold = threshold
        self.limit = 2 * sum(published.values()) + 40  # beyond any value that the equations could care about
        leaves = list(product(*(axis.above for axis in axes)))
        self.unknown: Bounds = {leaf: self._bounds(marks[leaf]) for leaf in leaves if leaf in marks}
        self.parts: dict[Cell, list[Cell]] = {}
        for leaf in leaves:
            for node in product(*(axis.path(name) for axis, name in zip(axes, leaf, strict=True))):
                self.parts.setdefault(node, []).append(leaf)
        self.published = published
        self.equations: list[Equation] = []
        for node, value in published.items():
            parts = [leaf for leaf in self.parts[node] if leaf in self.unknown]
            known = sum(published[leaf] for leaf in self.parts[node] if leaf not in self.unknown)
            self.equations.append((parts, value - known))

    def _bounds(self, mark: Mark) -> tuple[int, int]:
        return (1, self.threshold - 1) if mark is Mark.SMALL else (self.threshold, self.limit)

    def may_be(self, cell: Cell, value: int) -> bool:
        """Tell whether any table that agrees with everything published has `value` in `cell`."""
        parts = [leaf for leaf in self.parts[cell] if leaf in self.unknown]
        known = sum(self.published.get(leaf, 0) for leaf in self.parts[cell] if leaf not in self.unknown)
        return _solvable(dict(self.unknown), [*self.equations, (parts, value - known)])


def _solvable(bounds: Bounds, equations: list[Equation]) -> bool:
    """Tell whether whole numbers within the bounds solve all equations."""
    narrowed = _narrowed(bounds, equations)
    if narrowed is None:
        return False
    open_cells = [cell for cell, (least, most) in narrowed.items() if least < most]
    bound_cells = [cell for cell in open_cells if any(cell in parts for parts, _total in equations)]
    if not bound_cells:
        return True
    cell = min(bound_cells, key=lambda each: (narrowed[each][1] - narrowed[each][0], each))
    least, most = narrowed[cell]
    return any(_solvable({**narrowed, cell: (value, value)}, equations) for value in range(least, most + 1))


def _narrowed(bounds: Bounds, equations: list[Equation]) -> Bounds | None:
    """Draw the bounds as close as each equation alone can; None if one cannot be solved."""
    bounds, moved = dict(bounds), True
    while moved:
        moved = False
        for parts, total in equations:
            least, most = sum(bounds[part][0] for part in parts), sum(bounds[part][1] for part in parts)
            if not least <= total <= most:
                return None
            for part in parts:
                low, high = bounds[part]
                closer = max(low, total - (most - high)), min(high, total - (least - low))
                if closer != (low, high):
                    bounds[part], moved = closer, True
                    least, most = least + closer[0] - low, most + closer[1] - high
    return bounds
