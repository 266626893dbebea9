"""Stretches of time, and what is left when they meet. Pure; seconds since 1970 in UTC, half-open.

Rule: a list of stretches is in order and without overlaps, as `shared.records.free_time.joined` makes it; everything
here takes and returns such lists, so one walk along both is enough.
"""

from bisect import bisect_right
from collections.abc import Sequence

from shared.records.free_time import Seconds

Stretches = Sequence[Seconds]


def shared(some: Stretches, others: Stretches) -> list[Seconds]:
    """Return the time that is in both."""
    found: list[Seconds] = []
    one = other = 0
    while one < len(some) and other < len(others):
        starts, ends = max(some[one][0], others[other][0]), min(some[one][1], others[other][1])
        if starts < ends:
            found.append((starts, ends))
        if some[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return found


def without(some: Stretches, others: Stretches) -> list[Seconds]:
    """Return the time of `some` that is not in `others`."""
    found: list[Seconds] = []
    first = 0
    for starts, ends in some:
        while first < len(others) and others[first][1] <= starts:
            first += 1
        at = starts
        for begins, stops in others[first:]:
            if begins >= ends:
                break
            if begins > at:
                found.append((at, begins))
            at = max(at, stops)
        if at < ends:
            found.append((at, ends))
    return found


def lengths(stretches: Stretches, cells: Stretches) -> dict[int, int]:
    """Return how many seconds of `stretches` lie in each of `cells`, by place; cells without any are left out.

    Cells are in order without overlaps. A year has thousands of hours and few in which somebody
    is there, so each stretch looks for its cells, not each cell for its stretches.
    """
    found: dict[int, int] = {}
    closings = [closes for _opens, closes in cells]
    for starts, ends in stretches:
        place = bisect_right(closings, starts)
        while place < len(cells) and cells[place][0] < ends:
            seconds = min(ends, closings[place]) - max(starts, cells[place][0])
            if seconds > 0:
                found[place] = found.get(place, 0) + seconds
            place += 1
    return found
