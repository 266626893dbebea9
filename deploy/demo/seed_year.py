"""The year of programme and bookings that lies behind the demo's city, so that a period can be compared.

The same offers and groups as today, some of them only for some months; holidays are left out, a date
falls out now and then, and who came is mostly counted. Numbers of registrations stand without names:
no house keeps those of last year. The dates of the last weeks come from `seed`.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from deploy.demo.city import TIME_ZONE
from deploy.demo.house import Group, House, Weekly
from deploy.demo.seed_history import first_day, is_closed
from node.bookings.models import Booking
from node.programme.models import Event
from node.registration import service as registration
from node.registration.models import EventAttendance
from shared.ids import new_id
from shared.records.bookings import BookingKind, BookingState, CalledOffBy
from shared.records.events import EventKind, EventState, Registration
from shared.time import at_local

WEEK = timedelta(weeks=1)
NEW_SHARE, NEW_WEEKS = 0.4, (10, 45)  # offers that began within the year, and how long ago
FALLS_OUT_SHARE, SUMMER_SHARE = 0.04, 0.5
COUNTED_SHARE, SMALL_GROUP, LARGE_GROUP = 0.85, 5, 22
REGISTERED_SHARE, STAYS_AWAY = 0.3, 0.15
SUMMER = (7, 8)
REASON = "Die Leitung ist erkrankt."
BY = "demo"
ZONE = ZoneInfo(TIME_ZONE)


def plant(session: Session, house: House, rooms: dict[str, str], first: date, at: datetime) -> None:
    """Write the dates before `first`, the day on which the planted programme begins, and count who came since."""
    chance = random.Random(f"year {house.id} {first}")
    for offer in house.weekly:
        for day in _days(offer.weekday, _began(first, chance), first, chance):
            session.add_all(_date(offer, rooms[offer.room], day, chance))
    for group in house.groups:
        for day in _days(group.weekday, first_day(first), first, chance):
            session.add(_booking(group, rooms[group.room], day, chance))
    session.flush()
    _count_lately(session, first, at, chance)


def _began(first: date, chance: random.Random) -> date:
    """Return since when there is an offer: most are older than what is kept."""
    if chance.random() >= NEW_SHARE:
        return first_day(first)
    return first - chance.randrange(*NEW_WEEKS) * WEEK


def _days(weekday: int, since: date, first: date, chance: random.Random) -> Iterator[date]:
    day = since + timedelta(days=(weekday - since.weekday()) % 7)
    while day < first:
        rests = day.month in SUMMER and chance.random() >= SUMMER_SHARE
        if not is_closed(day) and not rests:
            yield day
        day += WEEK


def _date(
    offer: Weekly, space_id: str, day: date, chance: random.Random
) -> Iterator[Event | Booking | EventAttendance]:
    """Yield a date of an offer with its room and, if somebody counted, who came."""
    starts_at, ends_at = _times(offer, day)
    falls_out = chance.random() < FALLS_OUT_SHARE
    asked = offer.kind == EventKind.OFFER and random.Random(offer.title).random() < REGISTERED_SHARE
    event = Event(
        id=new_id(), kind=offer.kind, title=offer.title, summary=offer.summary, theme=offer.theme,
        target_groups=offer.groups, languages=offer.languages, accessibility=offer.accessibility,
        cost_cents=offer.cost_cents, organiser=offer.organiser, space_id=space_id,
        starts_at=starts_at, ends_at=ends_at, updated_at=starts_at - WEEK, sequence=int(falls_out),
        state=EventState.CANCELLED if falls_out else EventState.PUBLISHED,
        cancel_reason=REASON if falls_out else "",
        capacity=LARGE_GROUP if asked else None,
        registration=Registration.REQUIRED if asked else Registration.NONE,
    )  # fmt: skip
    yield event
    if falls_out:
        return
    yield Booking(
        space_id=space_id, starts_at=starts_at, ends_at=ends_at, kind=BookingKind.PROGRAMME, title=offer.title,
        state=BookingState.CONFIRMED, event_id=event.id, taken_by=BY, taken_at=starts_at - WEEK,
    )  # fmt: skip
    if asked or chance.random() < COUNTED_SHARE:
        yield _came(event, asked, chance)


def _came(event: Event, asked: bool, chance: random.Random) -> EventAttendance:
    persons = _persons(event, chance)
    figures = EventAttendance(id=event.id, event_id=event.id, capacity=event.capacity, as_of=event.ends_at)
    if asked:
        figures.registered = min(persons, LARGE_GROUP)
        figures.waiting = persons - figures.registered
        figures.attended = sum(chance.random() >= STAYS_AWAY for _person in range(figures.registered))
    else:
        figures.registered, figures.waiting, figures.headcount = 0, 0, persons
    return figures


def _persons(event: Event, chance: random.Random) -> int:
    """Return how many came: an offer has its size, a day its luck."""
    usual = random.Random(f"{event.title} size").randrange(SMALL_GROUP, LARGE_GROUP)
    return max(1, round(chance.gauss(usual, usual / 5)))


def _booking(group: Group, space_id: str, day: date, chance: random.Random) -> Booking:
    starts_at, ends_at = _times(group, day)
    falls_out = chance.random() < FALLS_OUT_SHARE
    return Booking(
        space_id=space_id, starts_at=starts_at, ends_at=ends_at, kind=group.kind, title=group.title,
        state=BookingState.CANCELLED if falls_out else BookingState.CONFIRMED,
        called_off_by=CalledOffBy.BOOKER if falls_out else "",
        persons=group.persons or None, taken_by=BY, taken_at=starts_at - WEEK,
    )  # fmt: skip


def _times(said: Weekly | Group, day: date) -> tuple[datetime, datetime]:
    return at_local(day, time.fromisoformat(said.start), ZONE), at_local(day, time.fromisoformat(said.end), ZONE)


def _count_lately(session: Session, first: date, at: datetime, chance: random.Random) -> None:
    """Count who came in the last weeks, but for events whose registered persons were ticked."""
    over = select(Event).where(
        Event.state == EventState.PUBLISHED,
        Event.starts_at >= at_local(first, time(), ZONE),
        Event.ends_at <= at,
        Event.id.not_in(select(EventAttendance.id)),
    )
    for event in session.scalars(over.order_by(Event.starts_at, Event.id)):
        if chance.random() < COUNTED_SHARE:
            registration.count_heads(session, event, _persons(event, chance), now=event.ends_at)
