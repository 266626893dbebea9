"""The dates of a series of events: what they have in common, and each as an event with its booking."""

import json
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.series import bookings_of_events
from node.programme import service as programme
from node.programme.entry import EventEntry
from node.programme.models import Event
from node.series.keeper import Keeper
from node.series.models import EventSeries
from node.series.recurrence import Pattern
from node.series.steps import Place, Written
from shared.records.bookings import Slot
from shared.records.events import EventState
from shared.time import at_local


@dataclass(frozen=True, kw_only=True)
class EventSeriesEntry:
    """What is said about a series. `said.slot` is that of its first date; `pattern` has the times."""

    pattern: Pattern
    said: EventEntry
    skips: tuple[str, ...] = ()


class EventKeeper(Keeper):
    """Dates that are events, each with the booking of its space."""

    def written(self, series: EventSeries) -> list[Written]:
        events = events_of(self.session, series.id)
        booked = bookings_of_events(self.session, [event.id for event in events])
        said, pattern = said_of(series), series.pattern
        return [self._written(event, said, pattern, booked.get(event.id)) for event in events]

    def make(self, series: EventSeries, day: date, place: Place) -> None:
        origin = next((event.id for event in events_of(self.session, series.id)), None)
        entry = self._at(series, place)
        told: dict[str, Any] = {"now": self.now, "by": self.by, "publish": series.published}
        if origin is None:
            event = programme.create_event(self.session, entry, **told)
        else:
            event = programme.copy_event(self.session, origin, entry, **told)
        event.occurrence_on = day

    def move(self, series: EventSeries, written: Written, day: date, place: Place) -> None:
        entry = self._at(series, place)
        event = programme.edit_event(self.session, written.id, entry, now=self.now, by=self.by)
        event.occurrence_on = day

    def adopt(self, series: EventSeries, written: Written, day: date) -> None:
        event = programme.get_event(self.session, written.id)
        event.series_id, event.occurrence_on = series.id, day

    def cancel(self, written: Written, reason: str) -> bool:
        event = programme.get_event(self.session, written.id)
        if event.state == EventState.DRAFT:
            programme.discard_draft(self.session, event.id, now=self.now, by=self.by)
            return False
        programme.cancel_event(self.session, event.id, reason, now=self.now, by=self.by)
        return True

    def _at(self, series: EventSeries, place: Place) -> EventEntry:
        entry = said_of(series).at(place.slot, ZoneInfo(series.zone))
        return replace(entry, space_id=place.space_id, series_id=series.id)

    def _written(self, event: Event, said: EventEntry, pattern: Pattern, booking_id: str | None) -> Written:
        slot = Slot(event.starts_at, event.ends_at)
        day = event.occurrence_on or event.starts_at.astimezone(pattern.zone).date()
        meant = said.at(pattern.slot_on(day), pattern.zone).columns()
        return Written(
            event.id,
            day,
            Place(event.space_id, slot),
            stands=event.state != EventState.CANCELLED,
            own=any(getattr(event, name) != value for name, value in meant.items() if name not in _OF_ORIGIN),
            begun=event.starts_at <= self.now,
            booking_id=booking_id,
        )


_OF_ORIGIN = ("series_id", "source_uid", "source_recurrence_id")
_IN_ENTRY = tuple(each.name for each in fields(EventEntry) if each.name not in ("slot", "space_id", *_OF_ORIGIN))


def events_of(session: Session, series_id: str) -> list[Event]:
    query = select(Event).where(Event.series_id == series_id).order_by(Event.occurrence_on, Event.starts_at, Event.id)
    return list(session.scalars(query))


def row_of(entry: EventSeriesEntry, now: datetime | None, by: str, publish: bool = False) -> EventSeries:
    """Return a series that is not in the session yet."""
    pattern = entry.pattern.settled()
    said = entry.said.at(pattern.slot_on(pattern.starts.date()), pattern.zone)
    return EventSeries(
        pattern=pattern,
        skips=entry.skips,
        title=said.title,
        space_id=said.space_id,
        entry=_written_down(said, pattern.zone),
        published=publish,
        made_by=by,
        made_at=now,
    )


def said_of(series: EventSeries) -> EventEntry:
    """Return what a series says, at its first date; what a later version wrote beside it is passed over."""
    first, zone = series.pattern.slot_on(series.first_day), ZoneInfo(series.zone)
    kept = {name: value for name, value in json.loads(series.entry).items() if name in _IN_ENTRY}
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in kept.items()}
    if closes := values.pop("registration_closes_at", None):
        days, wall = closes.split(" ")
        values["registration_closes_at"] = at_local(
            series.first_day - timedelta(days=int(days)), time.fromisoformat(wall), zone
        )
    return EventEntry(slot=first, space_id=series.space_id, **values)


def _written_down(said: EventEntry, zone: ZoneInfo) -> str:
    """Return an entry as JSON; registration closes so many days before a date, at a wall time."""
    values = {name: getattr(said, name) for name in _IN_ENTRY}
    if said.registration_closes_at is not None:
        closes = said.registration_closes_at.astimezone(zone)
        days = (said.slot.starts_at.astimezone(zone).date() - closes.date()).days
        values["registration_closes_at"] = f"{days} {closes:%H:%M}"
    return json.dumps(values, ensure_ascii=False)
