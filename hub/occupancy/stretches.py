"""Stretches of time, and what is left when they meet. Pure; seconds since 1970 in UTC, half-open.

Rule: a list of stretches is in order and without overlaps, as `joined` makes it; everything
here takes and returns such lists, so one walk along both is enough.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

Stretch = tuple[int, int]
Stretches = Sequence[Stretch]


def stretch(starts_at: datetime, ends_at: datetime) -> Stretch:
    """Return the stretch between two instants."""
    return int(starts_at.timestamp()), int(ends_at.timestamp())


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same time in order; what meets or overlaps is one, what is empty is gone."""
    found: list[Stretch] = []
    for starts, ends in sorted(stretches):
        if starts >= ends:
            continue
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def shared(some: Stretches, others: Stretches) -> list[Stretch]:
    """Return the time that is in both."""
    found: list[Stretch] = []
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


def without(some: Stretches, others: Stretches) -> list[Stretch]:
    """Return the time of `some` that is not in `others`."""
    found: list[Stretch] = []
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


def lengths(stretches: Stretches, cells: Stretches) -> list[int]:
    """Return how many seconds of `stretches` lie in each of `cells`, which are in order without overlaps."""
    found = [0] * len(cells)
    first = 0
    for place, (opens, closes) in enumerate(cells):
        while first < len(stretches) and stretches[first][1] <= opens:
            first += 1
        for starts, ends in stretches[first:]:
            if starts >= closes:
                break
            found[place] += min(ends, closes) - max(starts, opens)
    return found
