"""Whether the dates of a series would be free, asked for all of them at once; and what is free instead.

Rule: this only foretells the database's answer, like `free_time`; the write is what decides.
Few queries whatever the number of dates: one for what holds the wanted spaces, one for the
bookings in the way, one for everything else on the days that collide.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from node.bookings.conflicts import Choice
from node.bookings.models import Booking, Claim
from node.bookings.quotas import COUNTED
from node.series.steps import Action, Place, Step
from node.spaces import service as spaces
from node.spaces.models import Space
from shared.errors import Refusal
from shared.records.bookings import Slot
from shared.records.free_time import Held, collide, held, next_times, round_up
from shared.records.spaces import refuse_long, refuse_outside_hours, refuse_short_notice
from shared.time import local_day

MARGIN = timedelta(days=1)  # the longest buffer
ITSELF = "itself"  # not the id of any booking
OFFERED_MAX = 2  # of other times and of other spaces each: a list of sixty dates has no room for more
DAY_STARTS, DAY_ENDS = timedelta(hours=7), timedelta(hours=22)


@dataclass(frozen=True)
class Outlook:
    """How one date would go: free if neither a booking nor a rule of the space is against it."""

    culprit: Booking | None = None
    culprit_space: str = ""
    itself: bool = False  # in the way is another date of the same series
    broken: Refusal | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def free(self) -> bool:
        return self.culprit is None and self.broken is None and not self.itself


class _Taken:
    """What is held of each part, and by which booking."""

    def __init__(self, rows: Iterable[tuple[str, str, Slot, Slot]]) -> None:
        self.by_part: dict[str, list[tuple[Held, str]]] = {}
        for booking_id, part_id, use, hold in rows:
            self.by_part.setdefault(part_id, []).append((Held(use, hold), booking_id))

    def in_the_way(self, parts: Iterable[str], mine: Held) -> str | None:
        """Return the booking that collides with `mine`, the earliest, or None."""
        found = [
            (other.use.starts_at, booking_id)
            for part in parts
            for other, booking_id in self.by_part.get(part, ())
            if collide(mine, other)
        ]
        return min(found)[1] if found else None

    def held(self, parts: Iterable[str]) -> list[Held]:
        return [other for part in parts for other, _booking_id in self.by_part.get(part, ())]


class _House:
    """The spaces as a series sees them: what its dates may be moved to."""

    def __init__(self, session: Session, zone: ZoneInfo, persons: int | None, now: datetime) -> None:
        self.listed = spaces.list_spaces(session)
        self.by_id = {space.id: space for space in self.listed}
        self.parts = spaces.parts_by_space(self.listed)
        self.zone, self.persons, self.now = zone, persons, now

    def fits(self, space: Space) -> bool:
        """Tell whether a space may be offered; a guest space has hours of its own and is not."""
        enough = not self.persons or not space.capacity or space.capacity >= self.persons
        return space.bookable and not space.is_guest_space and enough


def look_ahead(
    session: Session,
    steps: Sequence[Step],
    zone: ZoneInfo,
    *,
    persons: int | None = None,
    now: datetime,
    kind: str = "",
    overruled: bool = False,
) -> dict[date, Outlook]:
    """Return the outlook of each step that asks for a space, by its day.

    What a space asks of a booking binds rentals and self-managed use (`kind`) unless it is
    overruled; the hours of a guest space bind all. Quotas are left to the write.
    """
    house = _House(session, zone, persons, now)
    asked = {step.day: step.asked for step in steps if step.asked and step.asked.space_id in house.by_id}
    if not asked:
        return {}
    leaving = [step.written for step in steps if step.written and step.action in (Action.MOVE, Action.CANCEL)]
    moving = {written.booking_id for written in leaving if written.booking_id}
    own_parts = {part for place in asked.values() for part in house.parts[place.space_id or ""]}
    slots = [place.slot for place in asked.values()]
    whole = Slot(min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots))
    in_the_way = _in_the_way(house, asked, _Taken(_claims(session, [whole], own_parts, moving)))
    bound = kind in COUNTED and not overruled
    broken = _against_rules(session, house, asked, bound)
    trouble = {day: place for day, place in asked.items() if day in in_the_way or day in broken}
    culprits = _bookings(session, set(in_the_way.values()) - {ITSELF})
    days = [_around(place.slot, zone) for place in trouble.values()]
    elsewhere = _Taken(_claims(session, days, None, moving) if days else ())
    return {
        day: Outlook(
            culprit := culprits.get(in_the_way.get(day, "")),
            house.by_id[culprit.space_id].name if culprit and culprit.space_id in house.by_id else "",
            in_the_way.get(day) == ITSELF,
            broken.get(day),
            tuple(_choices(house, trouble[day], elsewhere)) if day in trouble else (),
        )
        for day in asked
    }


def _in_the_way(house: _House, asked: Mapping[date, Place], taken: _Taken) -> dict[date, str]:
    """Return the id of the booking in the way of each date; ITSELF if the date before is too near."""
    found: dict[date, str] = {}
    before: Held | None = None
    for day, place in sorted(asked.items()):
        space = house.by_id[place.space_id or ""]
        mine = held(place.slot, spaces.buffers_of(space))
        culprit = taken.in_the_way(house.parts[space.id], mine)
        if culprit is None and before is not None and collide(mine, before):
            culprit = ITSELF
        if culprit is not None:
            found[day] = culprit
        else:
            before = mine
    return found


def _against_rules(session: Session, house: _House, asked: Mapping[date, Place], bound: bool) -> dict[date, Refusal]:
    """Return the rule of its space that a date breaks: its hours, its longest booking, its notice."""
    found: dict[date, Refusal] = {}
    for space_id in {place.space_id for place in asked.values()}:
        line = spaces.with_wholes(session, house.by_id[space_id or ""])
        guest = any(each.is_guest_space for each in line)
        hours = spaces.hours_of(session, [each.id for each in line]) if guest else []
        for day, place in asked.items():
            try:
                if place.space_id == space_id and guest:
                    refuse_outside_hours(hours, place.slot, house.zone)
                if place.space_id == space_id and bound:
                    refuse_long(line[0], place.slot)
                    refuse_short_notice(line[0], place.slot, house.now)
            except Refusal as refusal:
                found[day] = refusal
    return found


def _claims(
    session: Session, within: Sequence[Slot], parts: Collection[str] | None, but: Collection[str]
) -> Iterable[tuple[str, str, Slot, Slot]]:
    """Yield booking, part, use and hold of what is held around the stretches; of `parts` only, if named."""
    use, hold = aliased(Claim), aliased(Claim)
    times = [and_(hold.starts_at < s.ends_at + MARGIN, hold.ends_at > s.starts_at - MARGIN) for s in within]
    query = (
        select(use.booking_id, use.part_id, use.starts_at, use.ends_at, hold.starts_at, hold.ends_at)
        .join(hold, and_(hold.booking_id == use.booking_id, hold.part_id == use.part_id))
        .where(use.role == "use", hold.role == "hold", or_(*times))
    )
    if parts is not None:
        query = query.where(hold.part_id.in_(parts))
    for booking_id, part_id, used_from, used_until, held_from, held_until in session.execute(query):
        if booking_id not in but:
            yield booking_id, part_id, Slot(used_from, used_until), Slot(held_from, held_until)


def _bookings(session: Session, ids: Collection[str]) -> dict[str, Booking]:
    if not ids:
        return {}
    return {booking.id: booking for booking in session.scalars(select(Booking).where(Booking.id.in_(ids)))}


def _around(slot: Slot, zone: ZoneInfo) -> Slot:
    """Return the stretch of the wanted day in which another time is looked for."""
    midnight, _next = local_day(slot.starts_at.astimezone(zone).date(), zone)
    return Slot(min(midnight + DAY_STARTS, slot.starts_at), max(midnight + DAY_ENDS, slot.ends_at))


def _choices(house: _House, place: Place, taken: _Taken) -> Iterator[Choice]:
    """Yield what is free instead: another time in the same space that day, another space at that time."""
    space = house.by_id[place.space_id or ""]
    day = _around(place.slot, house.zone)
    day = Slot(min(max(day.starts_at, round_up(house.now)), day.ends_at), day.ends_at)
    near = sorted(
        next_times(place.slot, [day], taken.held(house.parts[space.id]), spaces.buffers_of(space)),
        key=lambda slot: abs(slot.starts_at - place.slot.starts_at),
    )
    others = [
        other
        for other in house.listed
        if house.fits(other)
        and other.id != space.id
        and taken.in_the_way(house.parts[other.id], held(place.slot, spaces.buffers_of(other))) is None
    ]
    others.sort(key=lambda other: (other.kind != space.kind, abs(other.capacity - space.capacity)))
    offered = [Place(space.id, slot) for slot in near if slot != place.slot][:OFFERED_MAX]
    offered += [Place(other.id, place.slot) for other in others[:OFFERED_MAX]]
    for each in offered:
        yield Choice(value_of(each, house.zone), house.by_id[each.space_id or ""].name, each.slot)


def value_of(place: Place, zone: ZoneInfo) -> str:
    """Return a place as a choice of a form says it; `place_of` reads it."""
    starts, ends = (instant.astimezone(zone) for instant in place.slot)
    return f"{place.space_id} {starts:%Y-%m-%d %H:%M} {ends:%Y-%m-%d %H:%M}"


def place_of(value: str, zone: ZoneInfo) -> Place | None:
    """Return the place of a choice; None if it is none."""
    space_id, _blank, times = value.partition(" ")
    try:
        starts = datetime.strptime(times[:16], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
        ends = datetime.strptime(times[17:], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        return None
    return Place(space_id, Slot(starts.astimezone(UTC), ends.astimezone(UTC)))
