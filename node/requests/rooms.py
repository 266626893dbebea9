"""Which rooms can be asked for, when one is free, and which fits: told without saying who has it otherwise.

Rule: what is said here foretells; the house decides, and the database has the last word.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.errors import Refusal
from shared.records import free_time
from shared.records.bookings import Slot, refuse_impossible_times
from shared.records.space_hours import free_between
from shared.records.spaces import NOT_FOR_GUESTS, refuse_long, refuse_outside_hours, refuse_short_notice, seats_of
from shared.time import local_day

MARGIN = timedelta(days=1)  # the longest buffer: a hold may reach in from outside
LEAST = timedelta(minutes=30)


class NotFree(Refusal):
    """Something else is in the room then. `free` are the free stretches of the day."""

    def __init__(self, free: Sequence[Slot]) -> None:
        super().__init__()
        self.free = tuple(free)


class NoSuchRoom(Refusal):
    """Nobody can ask for a room of this id."""


class Fitting(NamedTuple):
    """A room that is free at the wished time. `seats` is for how many people, 0 if nobody said."""

    space: Space
    seats: int


def for_guests(session: Session) -> list[Space]:
    """Return the rooms that anybody may ask for."""
    return [space for space in spaces.bookable_spaces(session) if space.kind not in NOT_FOR_GUESTS]


def get_room(session: Session, space_id: str) -> Space:
    """Return a room that can be asked for; raise NoSuchRoom."""
    found = next((space for space in for_guests(session) if space.id == space_id), None)
    if found is None:
        raise NoSuchRoom
    return found


def free_on(session: Session, space: Space, day: date, zone: ZoneInfo, now: datetime) -> list[Slot]:
    """Return when a room is free on a day, from now on; stretches of half an hour or more."""
    within = Slot(*local_day(day, zone))
    stretches = free_time.free_stretches(within, _held(session, space, within), spaces.buffers_of(space))
    stretches = [Slot(max(one.starts_at, free_time.round_up(now)), one.ends_at) for one in stretches]
    line = spaces.with_wholes(session, space)
    if any(one.is_guest_space for one in line):
        ours = free_between(day - timedelta(days=1), day, spaces.hours_of(session, [one.id for one in line]), zone)
        stretches = [common for one in stretches for hours in ours if (common := _common(one, hours))]
    return [one for one in stretches if one.ends_at - one.starts_at >= LEAST]


def refuse_unfit(session: Session, space: Space, slot: Slot, zone: ZoneInfo, now: datetime) -> None:
    """Raise NotFree, or what the room itself asks.

    That is BookingTimesImpossible, NoticeTooShort, BookingTooLong, OutsideSpaceHours.
    """
    refuse_impossible_times(slot)
    refuse_short_notice(space, slot, now)
    refuse_long(space, slot)
    line = spaces.with_wholes(session, space)
    if any(one.is_guest_space for one in line):
        refuse_outside_hours(spaces.hours_of(session, [one.id for one in line]), slot, zone)
    if _is_taken(session, space, slot):
        raise NotFree(free_on(session, space, slot.starts_at.astimezone(zone).date(), zone, now))


def fitting(
    session: Session, slot: Slot, persons: int, seating: str, *, zone: ZoneInfo, now: datetime
) -> list[Fitting]:
    """Return the rooms that are free at `slot` and large enough, the smallest first.

    A room of which nobody said how many it takes comes last.
    """
    found = []
    for space in for_guests(session):
        seats = seats_of(space, seating)
        if seats and seats < persons:
            continue
        try:
            refuse_unfit(session, space, slot, zone, now)
        except Refusal:
            continue
        found.append(Fitting(space, seats))
    return sorted(found, key=lambda one: (one.seats == 0, one.seats, one.space.rank))


def _is_taken(session: Session, space: Space, slot: Slot) -> bool:
    wanted = free_time.held(slot, spaces.buffers_of(space))
    return any(free_time.collide(wanted, other) for other in _held(session, space, slot))


def _held(session: Session, space: Space, within: Slot) -> list[free_time.Held]:
    around = Slot(within.starts_at - MARGIN, within.ends_at + MARGIN)
    by_part = bookings.held_by_part(session, around)
    return [use for part in spaces.parts_of(session, space.id) for use in by_part.get(part, [])]


def _common(one: Slot, other: Slot) -> Slot | None:
    starts_at, ends_at = max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
    return Slot(starts_at, ends_at) if starts_at < ends_at else None
