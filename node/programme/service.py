"""The programme: events written as drafts, published, changed, cancelled, repeated.

Rule: what is published carries a `sequence` that rises with every change and an
`updated_at`; subscribers' calendars follow these (RFC 5545).
Rule: an event and the booking of its space stand and fall together: if the space is taken,
nothing is written; if the event moves, the booking moves; if it is cancelled, the space is free.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.programme.models import Event
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import BookingKind, Slot, SpaceTaken
from shared.records.events import Attendance, EventKind, EventState, refuse_impossible_times
from shared.time import at_local

DATES_MAX = 60  # more than a year of weekly dates is a typing error


class EventUnknown(Refusal):
    """There is no event with this id."""


class EventStateRefused(Refusal):
    """An event in `state` cannot be published, changed or cancelled as wanted."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class TooManyDates(Refusal):
    """A series of more than DATES_MAX dates, or one that ends before it begins."""


@dataclass(frozen=True, kw_only=True)
class EventEntry:
    """What staff say about an event; limits as in `shared.records.events`. `slot` in UTC.

    The last three say where the event comes from; None leaves them as they are on a change.
    """

    title: str
    slot: Slot
    kind: str = EventKind.EVENT
    summary: str = ""
    description: str = ""
    theme: str = ""
    target_groups: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    cost_cents: int | None = 0
    cost_note: str = ""
    organiser: str = ""
    attendance: str = Attendance.ON_SITE
    place: str = ""
    online_url: str = ""
    space_id: str | None = None
    series_id: str | None = None
    source_uid: str | None = None
    source_recurrence_id: str | None = None


@dataclass(frozen=True)
class FailedDate:
    """A date of a series that was not made, and the booking that is in its way."""

    slot: Slot
    taken: Slot | None
    booking_id: str | None


@dataclass(frozen=True)
class Series:
    """What came of a repetition: the dates that stand and those that failed, each with its reason."""

    events: tuple[Event, ...]
    failed: tuple[FailedDate, ...]


def create_event(session: Session, entry: EventEntry, *, now: datetime, by: str = "", publish: bool = False) -> Event:
    """Write an event as a draft (or published at once) and book its space along with it.

    Raises EventTimesImpossible, SpaceUnknown, SpaceRetired, SpaceTaken; then nothing is written.
    """
    refuse_impossible_times(*entry.slot)
    state = EventState.PUBLISHED if publish else EventState.DRAFT
    event = Event(id=new_id(), state=state, updated_at=now, **_columns(entry))
    with session.begin_nested():
        session.add(event)
        if entry.space_id:
            bookings.take_booking(session, _booking_entry(event, entry.space_id), now=now, by=by)
    return event


def create_series(
    session: Session,
    entry: EventEntry,
    until: date,
    zone: ZoneInfo,
    *,
    now: datetime,
    by: str = "",
    publish: bool = False,
) -> Series:
    """Write one event for every week from the entry's date until the date `until`, included.

    Raises TooManyDates, EventTimesImpossible. A date whose space is taken is not made: it is
    reported with what is in its way.
    """
    slots = weekly(entry.slot, until, zone)
    refuse_impossible_times(*entry.slot)
    series_id = new_id()
    made, failed = [], []
    for slot in slots:
        try:
            dated = replace(entry, slot=slot, series_id=series_id)
            made.append(create_event(session, dated, now=now, by=by, publish=publish))
        except SpaceTaken as refusal:
            failed.append(FailedDate(slot, refusal.taken, refusal.booking_id))
    return Series(tuple(made), tuple(failed))


def weekly(first: Slot, until: date, zone: ZoneInfo) -> list[Slot]:
    """Return `first` and its repetitions every week, at the same wall times of `zone`.

    Summer time does not move them: ten o'clock stays ten o'clock. Raises TooManyDates.
    """
    starts, ends = first.starts_at.astimezone(zone), first.ends_at.astimezone(zone)
    weeks = (until - starts.date()).days // 7
    if not 0 <= weeks < DATES_MAX:
        raise TooManyDates
    return [
        Slot(
            at_local(starts.date() + timedelta(weeks=week), starts.time(), zone),
            at_local(ends.date() + timedelta(weeks=week), ends.time(), zone),
        )
        for week in range(weeks + 1)
    ]


def edit_event(session: Session, event_id: str, entry: EventEntry, *, now: datetime, by: str = "") -> Event:
    """Change an event, and its booking with it.

    Raises EventUnknown, EventStateRefused (cancelled), EventTimesImpossible, SpaceUnknown,
    SpaceRetired, SpaceTaken; then nothing is changed.
    """
    event = get_event(session, event_id)
    if event.state == EventState.CANCELLED:
        raise EventStateRefused(event.state)
    refuse_impossible_times(*entry.slot)
    kept = ("series_id", "source_uid", "source_recurrence_id")
    values = {name: value for name, value in _columns(entry).items() if name not in kept or value is not None}
    with session.begin_nested():
        _change(event, values, now)
        _book_along(session, event, now=now, by=by)
    return event


def publish_event(session: Session, event_id: str, *, now: datetime) -> Event:
    """Let the public see a draft. Raises EventUnknown, EventStateRefused."""
    event = get_event(session, event_id)
    if event.state != EventState.DRAFT:
        raise EventStateRefused(event.state)
    event.state, event.updated_at = EventState.PUBLISHED, now
    return event


def cancel_event(session: Session, event_id: str, reason: str, *, now: datetime, by: str = "") -> Event:
    """Cancel a published event and free its space; the public sees it as cancelled, with the reason.

    A draft that nobody saw is discarded instead. Raises EventUnknown, EventStateRefused.
    """
    event = get_event(session, event_id)
    if event.state != EventState.PUBLISHED:
        raise EventStateRefused(event.state)
    _change(event, {"state": EventState.CANCELLED, "cancel_reason": reason}, now)
    _free_space(session, event, reason, now=now, by=by)
    return event


def discard_draft(session: Session, event_id: str, *, now: datetime, by: str = "") -> None:
    """Delete a draft and free its space. Raises EventUnknown, EventStateRefused."""
    event = get_event(session, event_id)
    if event.state != EventState.DRAFT:
        raise EventStateRefused(event.state)
    _free_space(session, event, "", now=now, by=by)
    session.delete(event)


def entry_of(event: Event) -> EventEntry:
    """Return what an event says, as an entry: to fill a form, or to copy it."""
    values = {name: getattr(event, name) for name in _PLAIN}
    return EventEntry(slot=Slot(event.starts_at, event.ends_at), **values)


def copy_of(event: Event, weeks: int, zone: ZoneInfo) -> EventEntry:
    """Return an entry for the same event `weeks` later, at the same wall times: "copy last week"."""
    entry = entry_of(event)
    starts = entry.slot.starts_at.astimezone(zone).date()
    slot = weekly(entry.slot, starts + timedelta(weeks=weeks), zone)[-1]
    return replace(entry, slot=slot, source_uid=None, source_recurrence_id=None)


def get_event(session: Session, event_id: str) -> Event:
    """Return an event; raise EventUnknown."""
    event = session.get(Event, event_id)
    if event is None:
        raise EventUnknown
    return event


def published_between(
    session: Session, start: datetime, end: datetime, *, with_cancelled: bool = False, limit: int | None = None
) -> list[Event]:
    """Return what the public sees of [start, end), in the order of its start."""
    states = [EventState.PUBLISHED, EventState.CANCELLED] if with_cancelled else [EventState.PUBLISHED]
    query = (
        select(Event)
        .where(Event.state.in_(states), Event.starts_at < end, Event.ends_at > start)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def events_of_series(session: Session, series_id: str) -> list[Event]:
    """Return the dates of a series in their order."""
    return list(session.scalars(select(Event).where(Event.series_id == series_id).order_by(Event.starts_at)))


def _columns(entry: EventEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _PLAIN}
    return values | {"starts_at": entry.slot.starts_at, "ends_at": entry.slot.ends_at}


def _booking_entry(event: Event, space_id: str) -> BookingEntry:
    slot = Slot(event.starts_at, event.ends_at)
    return BookingEntry(space_id=space_id, slot=slot, kind=BookingKind.PROGRAMME, title=event.title, event_id=event.id)


def _book_along(session: Session, event: Event, *, now: datetime, by: str) -> None:
    """Bring the booking of an event's space to where the event is now."""
    booking = bookings.find_booking_of_event(session, event.id)
    if event.space_id is None:
        _free_space(session, event, "", now=now, by=by)
    elif booking is None:
        bookings.take_booking(session, _booking_entry(event, event.space_id), now=now, by=by)
    else:
        wanted = _booking_entry(event, event.space_id)
        kept = replace(BookingEntry.of(booking), space_id=wanted.space_id, slot=wanted.slot, title=wanted.title)
        bookings.move_booking(session, booking.id, kept)


def _free_space(session: Session, event: Event, reason: str, *, now: datetime, by: str) -> None:
    booking = bookings.find_booking_of_event(session, event.id)
    if booking is not None:
        bookings.cancel_booking(session, booking.id, reason, now=now, by=by)


def _change(event: Event, values: dict[str, Any], now: datetime) -> None:
    changed = {name: value for name, value in values.items() if getattr(event, name) != value}
    for name, value in changed.items():
        setattr(event, name, value)
    if changed:
        event.updated_at = now
        if event.travels:
            event.sequence += 1


_PLAIN = tuple(field.name for field in fields(EventEntry) if field.name != "slot")
