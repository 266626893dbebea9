"""When a space is free: plain reckoning on stretches of time, without a database.

Rule: a booking uses its time and holds the buffers around it; two bookings get along if the
use of neither meets the hold of the other, so the gap between them is at least the larger
of their buffers, never the sum. A house's database enforces the same (see `node.bookings.guard`);
what stands here only foretells its answer, in the house and for the whole city.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.records.bookings import Slot

STEP = timedelta(minutes=15)  # times are offered in quarters of an hour

Seconds = tuple[int, int]  # a half-open stretch of seconds since 1970: thousands are reckoned with at once


class Buffers(NamedTuple):
    """What a space wants kept free before and after each of its bookings."""

    before: timedelta = timedelta()
    after: timedelta = timedelta()


class Held(NamedTuple):
    """One use of a part: the time itself, and the same with its buffers."""

    use: Slot
    hold: Slot


def held(use: Slot, buffers: Buffers) -> Held:
    """Return what a booking of `use` would hold."""
    return Held(use, Slot(use.starts_at - buffers.before, use.ends_at + buffers.after))


def overlap(one: Slot, other: Slot) -> bool:
    """Tell whether two half-open stretches meet."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def collide(one: Held, other: Held) -> bool:
    """Tell whether two uses of the same part get in each other's way."""
    return overlap(one.use, other.hold) or overlap(one.hold, other.use)


def kept_away(other: Held, buffers: Buffers) -> Slot:
    """Return the time that no use with `buffers` may meet because of `other`."""
    return Slot(
        min(other.hold.starts_at, other.use.starts_at - buffers.after),
        max(other.hold.ends_at, other.use.ends_at + buffers.before),
    )


def free_stretches(within: Slot, taken: Iterable[Held], buffers: Buffers) -> list[Slot]:
    """Return the stretches of `within` in which a booking with `buffers` may be, in order.

    `within` is not held back itself: a booking may begin at its first minute.
    """
    free, start = [], within.starts_at
    for other in sorted(taken, key=lambda held: held.use.starts_at):
        away = kept_away(other, buffers)
        if start < min(away.starts_at, within.ends_at):
            free.append(Slot(start, min(away.starts_at, within.ends_at)))
        start = max(start, away.ends_at)
    if start < within.ends_at:
        free.append(Slot(start, within.ends_at))
    return free


def next_times(wanted: Slot, days: Iterable[Slot], taken: Sequence[Held], buffers: Buffers) -> Iterator[Slot]:
    """Yield slots as long as `wanted`, the nearest of each free stretch of `days`.

    On a stretch that reaches from before to after the wanted start the start itself is
    nearest; else its first or its last possible start, whichever is closer.
    """
    length = wanted.ends_at - wanted.starts_at
    for day in days:
        for stretch in free_stretches(day, taken, buffers):
            first, last = round_up(stretch.starts_at), round_down(stretch.ends_at - length)
            if first <= last:
                start = min(max(wanted.starts_at, first), last)
                yield Slot(start, start + length)


def shorter(wanted: Slot, taken: Iterable[Held], buffers: Buffers, least: timedelta) -> Slot | None:
    """Return the longest free stretch inside `wanted` if it lasts at least `least`, else None."""
    stretches = [
        Slot(round_up(stretch.starts_at), round_down(stretch.ends_at))
        for stretch in free_stretches(wanted, taken, buffers)
    ]
    longest = max(stretches, key=lambda slot: slot.ends_at - slot.starts_at, default=None)
    if longest is None or longest.ends_at - longest.starts_at < least:
        return None
    return longest


def round_up(instant: datetime) -> datetime:
    """Return the first quarter of an hour at or after `instant`."""
    over = timedelta(seconds=instant.timestamp() % STEP.total_seconds())
    return instant if not over else instant - over + STEP


def round_down(instant: datetime) -> datetime:
    """Return the last quarter of an hour at or before `instant`."""
    return instant - timedelta(seconds=instant.timestamp() % STEP.total_seconds())


def seconds_of(starts_at: datetime, ends_at: datetime) -> Seconds:
    """Return the stretch between two instants."""
    return int(starts_at.timestamp()), int(ends_at.timestamp())


def joined(stretches: Iterable[Seconds]) -> list[Seconds]:
    """Return the same time in order; what meets or overlaps is one, what is empty is gone."""
    found: list[Seconds] = []
    for starts, ends in sorted(stretches):
        if starts >= ends:
            continue
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found
