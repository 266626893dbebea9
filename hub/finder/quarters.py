"""Stretches of a day as the bits of a whole number: bit n is the n-th quarter of an hour of a frame.

Whoever wants a space wants it from a quarter of an hour to a quarter of an hour. So what is
taken may be rounded outwards and what is open inwards, and the answers stay exact; and
"free for two hours" is four shifts of one number instead of a walk through a list.
"""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.records.free_time import Seconds
from shared.time import at_local

QUARTER_S = 15 * 60


class Frame(NamedTuple):
    """The two local days that begin with `day`: `base` is its first quarter since 1970, `width` how many there are.

    A use that begins on `day` ends within the frame, since none lasts longer than a day.
    `midnight` is the first quarter of the second day; days of 23 and 25 hours count as they are.
    It `is_plain` if neither these days nor the one before are such.
    """

    day: date
    zone: ZoneInfo
    base: int
    midnight: int
    width: int
    is_plain: bool

    @property
    def seconds(self) -> Seconds:
        return self.base * QUARTER_S, (self.base + self.width) * QUARTER_S

    def bit_at(self, wall: time) -> int:
        """Return the quarter of the frame at which the clocks show `wall`."""
        return int(at_local(self.day, wall, self.zone).timestamp()) // QUARTER_S - self.base

    def within(self, stretches: Iterable[Seconds]) -> int:
        """Return the quarters that lie wholly in one of `stretches` (joined where they meet)."""
        bits = 0
        for starts, ends in stretches:
            bits |= self.run(-(-starts // QUARTER_S), ends // QUARTER_S)
        return bits

    def touched(self, starts: int, ends: int) -> int:
        """Return the quarters that the stretch meets."""
        return self.run(starts // QUARTER_S, -(-ends // QUARTER_S))

    def run(self, first: int, end: int) -> int:
        """Return the quarters [first, end), counted since 1970, as far as they lie in the frame."""
        low, high = max(first - self.base, 0), min(end - self.base, self.width)
        return (1 << high) - (1 << low) if low < high else 0


def frame_of(day: date, zone: ZoneInfo) -> Frame:
    """Return the frame that begins with the local `day`."""
    days = (day + timedelta(days=ahead) for ahead in range(-1, 3))
    before, base, midnight, end = (int(at_local(each, time(), zone).timestamp()) // QUARTER_S for each in days)
    is_plain = base - before == midnight - base == end - midnight
    return Frame(day, zone, base, midnight - base, end - base, is_plain)


def beginnings(free: int, length: int) -> int:
    """Return the quarters from which `length` quarters in a row are free."""
    found, reached = free, 1
    while reached < length:
        step = min(reached, length - reached)
        found &= found >> step
        reached += step
    return found


def nearest(bits: int, wanted: int) -> int | None:
    """Return the position of the set bit that is nearest to `wanted`, of two as near the later one; None if none is."""
    later = bits >> wanted
    after = wanted + ((later & -later).bit_length() - 1) if later else None
    before = (bits & ((1 << wanted) - 1)).bit_length() - 1
    if before < 0 or (after is not None and after - wanted <= wanted - before):
        return after
    return before


def span(first: int, last: int) -> int:
    """Return the bits from `first` to `last`, both included; none if there are none."""
    return (1 << (last + 1)) - (1 << max(first, 0)) if last >= max(first, 0) else 0
