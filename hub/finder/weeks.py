"""A week of one space: when it is free, when it is taken. Never by whom or what for: the hub does not know.

Rule: the times of rooms in which people are counselled are nobody's business; they have no week here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.finder import looking
from hub.finder.houses import House, Room, city
from hub.finder.quarters import QUARTER_S, Frame, frame_of
from hub.finder.sifting import Candidate
from hub.finder.wishes import WEEK, Wish
from hub.network import queries as network
from shared.records.spaces import NOT_FOR_GUESTS, PRIVATE_KINDS


class State(StrEnum):
    """What a space is at a time. Setting up and clearing away belong to what is taken."""

    TAKEN = "taken"
    ASKED_FOR = "asked_for"
    FREE = "free"
    BY_APPOINTMENT = "by_appointment"
    SELF_MANAGED = "self_managed"
    UNKNOWN = "unknown"  # nothing stands in the way, but the house has not told its hours


class Stretch(NamedTuple):
    """`first` and `width` are quarters of an hour of the day, for a drawing of it."""

    state: State
    starts_at: datetime
    ends_at: datetime
    first: int
    width: int


class DayPlan(NamedTuple):
    """A day of `width` quarters; what no stretch covers is closed or over."""

    day: date
    width: int
    stretches: tuple[Stretch, ...]

    def of(self, *states: str) -> list[Stretch]:
        """Return the stretches in one of `states`."""
        return [one for one in self.stretches if one.state in states]


class Place(NamedTuple):
    """A space with its house and its week; `days` is empty where it is not shown. Who `has_left` lets nothing."""

    house: House
    room: Room
    days: tuple[DayPlan, ...]
    has_left: bool = False


def find_place(session: Session, key: tuple[str, str], first: date, now: datetime, zone: ZoneInfo) -> Place | None:
    """Return a space (centre id, space id) that people may ask for, with the week from `first` on; else None."""
    centre_id, space_id = key
    found = city(session)
    house = found.houses.get(centre_id)
    room = next((one for one in house.rooms if one.row.id == space_id), None) if house else None
    if house is None or room is None or room.row.kind in NOT_FOR_GUESTS:
        return None
    if centre_id in network.revoked(session):
        return Place(house, room, (), has_left=True)
    if room.row.kind in PRIVATE_KINDS or not room.row.bookable:
        return Place(house, room, ())
    frames = [frame_of(first + timedelta(days=ahead), zone) for ahead in range(WEEK)]
    uses = looking.uses_of(
        session, found, [Candidate(house, room, 0, 0, is_near=True)], (frames[0].seconds[0], frames[-1].seconds[1])
    )
    return Place(house, room, tuple(_plan(house, room, uses, frame, now) for frame in frames))


def _plan(house: House, room: Room, uses: looking.Uses, frame: Frame, now: datetime) -> DayPlan:
    openings = looking.openings_of(house, room, frame)
    taken, asked = looking.blocked(house, room, uses, frame)
    usable = looking.usable(openings, room, Wish(frame.day))
    layers = (
        (State.TAKEN, taken),
        (State.ASKED_FOR, asked & usable),
        (State.FREE, openings.attended),
        (State.BY_APPOINTMENT, openings.agreed),
        (State.SELF_MANAGED if openings.known else State.UNKNOWN, usable),
    )
    coming = -(1 << max(-(-int(now.timestamp()) // QUARTER_S) - frame.base, 0))
    rest = ((1 << frame.midnight) - 1) & coming
    found: list[Stretch] = []
    for state, bits in layers:
        found += _stretches(state, bits & rest, frame)
        rest &= ~bits
    return DayPlan(frame.day, frame.midnight, tuple(sorted(found, key=lambda one: one.first)))


def _stretches(state: State, bits: int, frame: Frame) -> Iterator[Stretch]:
    """Yield the runs of set bits."""
    position = 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        run = (~bits & (bits + 1)).bit_length() - 1
        first = position + gap
        starts, ends = ((frame.base + quarter) * QUARTER_S for quarter in (first, first + run))
        yield Stretch(state, datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC), first, run)
        bits >>= run
        position = first + run
