"""A week of the programme into another week: "copy last week".

Rule: every event that was chosen is answered for: copied, there already, or in the way of
something, which is named with what is free instead. Nothing is silently missing.
Rule: copying again copies nothing twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.programme import service
from node.programme.entry import EventEntry
from node.programme.models import Event
from shared.errors import Refusal
from shared.records.bookings import SpaceTaken
from shared.records.events import EventState
from shared.time import local_day

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Candidate:
    """An event of the week that is copied from; `there` is what the other week has of it already."""

    event: Event
    there: Event | None


@dataclass(frozen=True)
class Copied:
    """What came of copying one event: the new one, or why there is none and what is free instead."""

    origin: Event
    entry: EventEntry
    event: Event | None = None
    there: Event | None = None
    refusal: Refusal | None = None
    conflict: bookings.Conflict | None = None


def monday_of(day: date) -> date:
    """Return the Monday of the week that `day` is in."""
    return day - timedelta(days=day.weekday())


def events_of_week(session: Session, monday: date, zone: ZoneInfo) -> list[Event]:
    """Return what begins in the week, drafts and cancelled events too, by time."""
    starts, ends = local_day(monday, zone)[0], local_day(monday + WEEK, zone)[0]
    query = select(Event).where(Event.starts_at >= starts, Event.starts_at < ends)
    return list(session.scalars(query.order_by(Event.starts_at, Event.title, Event.id)))


def candidates(session: Session, source: date, target: date, zone: ZoneInfo) -> list[Candidate]:
    """Return the events of the week `source` (its Monday), each with what the week `target` has of it already."""
    there = _standing(session, target, zone)
    weeks = (target - source).days // 7
    return [
        Candidate(event, there.get(_sameness(service.copy_of(event, weeks, zone))))
        for event in events_of_week(session, source, zone)
    ]


def copy_week(
    session: Session,
    event_ids: Iterable[str],
    source: date,
    target: date,
    zone: ZoneInfo,
    *,
    now: datetime,
    by: str = "",
    publish: bool = False,
) -> Sequence[Copied]:
    """Copy the chosen events of the week `source` (its Monday) into the week `target`, at the same wall times.

    Those that cannot be copied are reported, each with its reason; the others are written.
    """
    wanted = set(event_ids)
    told = {"now": now, "by": by, "publish": publish}
    return [
        _copy(session, one, (target - source).days // 7, zone, told)
        for one in candidates(session, source, target, zone)
        if one.event.id in wanted
    ]


def _copy(session: Session, one: Candidate, weeks: int, zone: ZoneInfo, told: dict[str, Any]) -> Copied:
    entry = service.copy_of(one.event, weeks, zone)
    if one.there is not None:
        return Copied(one.event, entry, there=one.there)
    try:
        return Copied(one.event, entry, event=service.copy_event(session, one.event.id, entry, **told))
    except Refusal as refusal:
        return Copied(one.event, entry, refusal=refusal, conflict=_conflict(session, refusal, entry, zone, told["now"]))


def _conflict(
    session: Session, refusal: Refusal, entry: EventEntry, zone: ZoneInfo, now: datetime
) -> bookings.Conflict | None:
    if not isinstance(refusal, SpaceTaken) or entry.space_id is None:
        return None
    wanted = bookings.BookingEntry(space_id=entry.space_id, slot=entry.slot)
    return bookings.look_into(session, refusal, wanted, zone, now=now)


def _standing(session: Session, monday: date, zone: ZoneInfo) -> dict[tuple[str, datetime], Event]:
    """Return what stands in a week by what makes it the same; what is called off may be held after all."""
    return {
        (event.title, event.starts_at): event
        for event in events_of_week(session, monday, zone)
        if event.state != EventState.CANCELLED
    }


def _sameness(entry: EventEntry) -> tuple[str, datetime]:
    return entry.title, entry.slot.starts_at
