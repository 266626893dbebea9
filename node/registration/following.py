"""Registrations follow their event: cancelled, moved, larger, smaller.

The programme does not know registrations, and an event is changed in many ways (by hand, as a
series, by an import). So this listens to the writing session: whatever changes an event, those
who registered for it are marked to be told, places that came free are offered, and a capacity
below what is given away is refused. `now` is the event's `updated_at`: when it was changed.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from node.programme.models import Event
from node.registration.finding import places_of, registrations_of, terms_of_house
from node.registration.models import STANDING, News, State
from node.registration.settling import settle
from shared.database import Database
from shared.records.attendance import CapacityBelowTaken
from shared.records.events import EventState

_TO_SETTLE = "registration.to_settle"  # ids of events, in the session's own notes
_WHEN_AND_WHERE = ("starts_at", "ends_at", "space_id", "place")


def watch(database: Database) -> None:
    """Follow every change of an event that `database` is told."""
    database.on_session("before_flush", _look)
    database.on_session("before_commit", _settle_changed)


def _look(session: Session, _context: Any, _instances: Any) -> None:
    for event in [record for record in session.dirty if isinstance(record, Event)]:
        changed = {name for name in (*_WHEN_AND_WHERE, "state", "capacity") if _has_changed(event, name)}
        if "capacity" in changed:
            _refuse_below_taken(session, event)
        if event.state == EventState.CANCELLED and "state" in changed:
            _mark(session, event, News.CANCELLED)
        elif event.state == EventState.PUBLISHED and changed.intersection(_WHEN_AND_WHERE):
            _mark(session, event, News.MOVED)
        if changed:
            session.info.setdefault(_TO_SETTLE, set()).add(event.id)


def _settle_changed(session: Session) -> None:
    session.flush()  # what was just changed is looked at first
    while waiting := session.info.pop(_TO_SETTLE, None):
        for event_id in sorted(waiting):
            event = session.get(Event, event_id)
            if event is not None and registrations_of(session, event_id):
                settle(session, event, now=event.updated_at)
        session.flush()


def _has_changed(event: Event, name: str) -> bool:
    history = inspect(event).attrs[name].history
    return bool(history.has_changes()) and list(history.added) != list(history.deleted)


def _refuse_below_taken(session: Session, event: Event) -> None:
    taken = places_of(session, event).taken
    if event.capacity is not None and event.capacity < taken:
        raise CapacityBelowTaken(taken)


def _mark(session: Session, event: Event, news: News) -> None:
    """Let everybody who is registered, waits or has an offer be told; an offer ends before the new beginning."""
    terms = terms_of_house(session)
    latest: datetime = event.starts_at - timedelta(hours=terms.offers_end_hours)
    for registration in registrations_of(session, event.id, STANDING):
        registration.news, registration.told_at = news, None
        if registration.state == State.OFFERED and registration.offer_until is not None:
            registration.offer_until = min(registration.offer_until, latest)
