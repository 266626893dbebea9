"""The programme: events written as drafts, published, changed, cancelled, repeated.

Rule: what is published carries a `sequence` that rises with every change and an
`updated_at`; subscribers' calendars follow these (RFC 5545).
Rule: an event and the booking of its space stand and fall together: if the space is taken,
nothing is written; if the event moves, the booking moves; if it is cancelled, the space is free.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.programme import texts
from node.programme.entry import EventEntry, copy_of, shifted
from node.programme.images import (
    IMAGE_BYTES_MAX,
    ImageMissing,
    ImageTooLarge,
    ImageUndescribed,
    ImageUnreadable,
    copy_image,
    describe_image,
    drop_image,
    find_image,
    keep_image,
)
from node.programme.models import Event
from node.programme.texts import Words, texts_of, words_in
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import BookingKind, Slot
from shared.records.events import (
    EventState,
    refuse_impossible_ages,
    refuse_impossible_times,
    refuse_late_closing,
)

__all__ = [
    "IMAGE_BYTES_MAX",
    "EventEntry",
    "EventStateRefused",
    "EventUnknown",
    "ImageMissing",
    "ImageTooLarge",
    "ImageUndescribed",
    "ImageUnreadable",
    "Words",
    "cancel_event",
    "copy_event",
    "copy_image",
    "copy_of",
    "create_event",
    "describe_image",
    "discard_draft",
    "drop_image",
    "edit_event",
    "entry_of",
    "events_of_series",
    "find_image",
    "get_event",
    "keep_image",
    "publish_event",
    "published_between",
    "shifted",
    "texts_of",
    "translate_event",
    "words_in",
]


class EventUnknown(Refusal):
    """There is no event with this id."""


class EventStateRefused(Refusal):
    """An event in `state` cannot be published, changed or cancelled as wanted."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def create_event(session: Session, entry: EventEntry, *, now: datetime, by: str = "", publish: bool = False) -> Event:
    """Write an event as a draft (or published at once) and book its space along with it.

    Raises EventTimesImpossible, AgesImpossible, RegistrationClosesLate, SpaceUnknown,
    SpaceRetired, SpaceTaken; then nothing is written.
    """
    _refuse_impossible(entry)
    state = EventState.PUBLISHED if publish else EventState.DRAFT
    event = Event(id=new_id(), state=state, updated_at=now, **entry.columns())
    if entry.space_id is None:
        session.add(event)  # nothing can refuse it, so thousands of an imported list are written at once
        return event
    with session.begin_nested():
        session.add(event)
        bookings.take_booking(session, _booking_entry(event, entry.space_id), now=now, by=by)
    return event


def edit_event(session: Session, event_id: str, entry: EventEntry, *, now: datetime, by: str = "") -> Event:
    """Change an event, and its booking with it.

    Raises EventUnknown, EventStateRefused (cancelled), EventTimesImpossible, AgesImpossible,
    RegistrationClosesLate, SpaceUnknown, SpaceRetired, SpaceTaken; then nothing is changed.
    """
    event = get_event(session, event_id)
    if event.state == EventState.CANCELLED:
        raise EventStateRefused(event.state)
    _refuse_impossible(entry)
    kept = ("series_id", "source_uid", "source_recurrence_id")
    values = {name: value for name, value in entry.columns().items() if name not in kept or value is not None}
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
    texts.show_texts(session, event)
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
    texts.drop_texts(session, event.id)
    drop_image(session, event, now=now)
    session.delete(event)


def copy_event(
    session: Session, event_id: str, entry: EventEntry, *, now: datetime, by: str = "", publish: bool = False
) -> Event:
    """Write `entry` as a new event that has the picture and the other languages of `event_id`.

    Raises EventUnknown and what `create_event` raises.
    """
    origin = get_event(session, event_id)
    event = create_event(session, entry, now=now, by=by, publish=publish)
    copy_image(session, origin, event, now=now)
    texts.keep_texts(session, event, texts_of(session, event_id))
    return event


def translate_event(session: Session, event_id: str, wanted: Mapping[str, Words], *, now: datetime) -> Event:
    """Let an event say `wanted` (by language) beside its own words. Raises EventUnknown, EventStateRefused."""
    event = get_event(session, event_id)
    if event.state == EventState.CANCELLED:
        raise EventStateRefused(event.state)
    if texts.keep_texts(session, event, wanted):
        _touch(event, now)
    return event


def entry_of(event: Event) -> EventEntry:
    """Return what an event says, as an entry: to fill a form, or to copy it."""
    return EventEntry.of(event)


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
        _touch(event, now)


def _touch(event: Event, now: datetime) -> None:
    event.updated_at = now
    if event.travels:
        event.sequence += 1


def _refuse_impossible(entry: EventEntry) -> None:
    refuse_impossible_times(*entry.slot)
    refuse_impossible_ages(entry.age_min, entry.age_max)
    refuse_late_closing(entry.registration_closes_at, entry.slot.ends_at)
