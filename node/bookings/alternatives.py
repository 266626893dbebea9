"""What else would go when a space is taken: another space, another time, a shorter one.

Rule: an alternative is a foretelling, not a promise; taking it asks the database again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings.entry import BookingEntry
from node.bookings.finding import held_by_part
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.records.bookings import Slot
from shared.records.free_time import Held, collide, held, next_times, round_up, shorter
from shared.records.space_hours import free_around
from shared.time import at_local, local_day

DAYS_AHEAD = 14
OFFERED_MAX = 3  # of each sort: more are a list to study, not a choice
LEAST = timedelta(minutes=30)  # nobody wants less than this of what was asked for
DAY_STARTS, DAY_ENDS = time(7), time(22)  # other times are offered within these, or as late as was asked for


@dataclass(frozen=True)
class Alternatives:
    """Each entry is the wish with one thing changed, ready to be booked."""

    spaces: tuple[BookingEntry, ...] = ()
    times: tuple[BookingEntry, ...] = ()
    shorter: BookingEntry | None = None

    def __bool__(self) -> bool:
        return bool(self.spaces or self.times or self.shorter)


def find_alternatives(
    session: Session, entry: BookingEntry, zone: ZoneInfo, *, now: datetime, but: str | None = None
) -> Alternatives:
    """Return what is free instead of `entry`; `but` is the booking that is being moved."""
    listed = spaces.list_spaces(session)
    wanted_space = next((space for space in listed if space.id == entry.space_id), None)
    if wanted_space is None:
        return Alternatives()
    days = _days(entry.slot, zone, now)
    margin = timedelta(days=1)  # the longest buffer: a hold may reach in from outside
    around = Slot(entry.slot.starts_at - 2 * margin, days[-1].ends_at + margin)
    by_part = held_by_part(session, around, but)
    parts = spaces.parts_by_space(listed)

    def taken(space: Space) -> list[Held]:
        return [use for part in parts[space.id] for use in by_part.get(part, [])]

    buffers = spaces.buffers_of(wanted_space)
    times = next_times(entry.slot, days, taken(wanted_space), buffers)
    near = sorted(
        (slot for slot in times if _is_ours(session, wanted_space, slot, zone)),
        key=lambda slot: abs(slot.starts_at - entry.slot.starts_at),
    )
    less = shorter(entry.slot, taken(wanted_space), buffers, LEAST)
    free = [
        space
        for space in _fitting(listed, wanted_space, entry)
        if not _taken(space, entry.slot, taken(space)) and _is_ours(session, space, entry.slot, zone)
    ]
    return Alternatives(
        spaces=tuple(replace(entry, space_id=space.id) for space in free[:OFFERED_MAX]),
        times=tuple(replace(entry, slot=slot) for slot in near[:OFFERED_MAX]),
        shorter=replace(entry, slot=less) if less else None,
    )


def _days(wanted: Slot, zone: ZoneInfo, now: datetime) -> list[Slot]:
    """Return the stretches of the wanted day and those after it in which other times are looked for."""
    starts, ends = wanted.starts_at.astimezone(zone), wanted.ends_at.astimezone(zone)
    overnight = ends.date() > starts.date()
    days = []
    for ahead in range(DAYS_AHEAD + 1):
        day = starts.date() + timedelta(days=ahead)
        opens = at_local(day, min(DAY_STARTS, starts.time()), zone)
        closes = at_local(day, max(DAY_ENDS, ends.time()), zone)
        if overnight:
            closes = max(closes, local_day(day, zone)[1] + (wanted.ends_at - wanted.starts_at))
        opens = max(opens, round_up(now))
        if opens < closes:
            days.append(Slot(opens, closes))
    return days or [Slot(round_up(now), round_up(now))]


def _fitting(listed: list[Space], wanted: Space, entry: BookingEntry) -> list[Space]:
    """Return the other spaces that would do: of the same kind first, the smallest that suffices first."""
    heads = entry.persons or 0
    others = [
        space
        for space in listed
        if space.bookable and space.id != wanted.id and (not space.capacity or space.capacity >= heads)
    ]
    return sorted(others, key=lambda space: (space.kind != wanted.kind, not space.capacity, space.capacity, space.rank))


def _is_ours(session: Session, space: Space, slot: Slot, zone: ZoneInfo) -> bool:
    """Tell whether a guest space may be used all through `slot`; a space of the house always may."""
    line = spaces.with_wholes(session, space)
    if not any(each.is_guest_space for each in line):
        return True
    free = free_around(slot, spaces.hours_of(session, [each.id for each in line]), zone)
    return any(stretch.starts_at <= slot.starts_at and slot.ends_at <= stretch.ends_at for stretch in free)


def _taken(space: Space, wanted: Slot, taken: list[Held]) -> bool:
    mine = held(wanted, spaces.buffers_of(space))
    return any(collide(mine, other) for other in taken)
