"""Who registered for what in a house of the demo: a full evening with a line, one with room, one that was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.core.tokens import hash_of
from node.programme import service as programme
from node.programme.models import Event
from node.registration import service
from node.registration.models import Registration, State, Way
from node.registration.secret_links import new_secret
from node.registration.service import RegistrationEntry
from shared.records.events import EventState
from shared.records.events import Registration as Asked

BY = "demo"
AHEAD = timedelta(days=3)  # far enough that the line goes strictly by its order
PEOPLE = (
    ("Ayşe Yılmaz", 2, 2, "0203 5550101", "tr", ""),
    ("Familie Krause", 2, 1, "0203 5550102", "", "Ein Platz für einen Rollstuhl, bitte"),
    ("Elena Popescu", 1, 0, "0203 5550103", "ro", ""),
    ("Dimitar Iwanow", 1, 3, "0203 5550104", "bg", ""),
    ("Hannelore Schmitz", 1, 0, "0203 5550105", "", "Induktionsschleife"),
    ("Omar Haddad", 2, 0, "0203 5550106", "ar", ""),
    ("Oksana Bondar", 1, 1, "0203 5550107", "uk", "Bitte ohne Nüsse"),
    ("Familie Nowak", 2, 3, "0203 5550108", "pl", ""),
)


def plant(session: Session, at: datetime) -> None:
    """Let people register for two coming events and one that is over."""
    coming = _events(session, Event.starts_at > at + AHEAD, Event.starts_at)
    over = _events(session, Event.ends_at < at - timedelta(days=1), Event.starts_at.desc())
    if len(coming) > 1:
        _fill(session, coming[0], 12, at)
        _open(session, coming[1], 25, at)
        _register(session, coming[1], 4, at - timedelta(days=1))
    if over:
        _remember(session, over[0])


def _events(session: Session, when: object, order: object) -> list[Event]:
    """Return single events of the programme, the nearest first."""
    query = select(Event).where(Event.state == EventState.PUBLISHED, Event.kind != "consultation", when)  # type: ignore[arg-type]
    return list(session.scalars(query.order_by(order, Event.id).limit(2)))  # type: ignore[arg-type]


def _open(session: Session, event: Event, capacity: int, at: datetime) -> None:
    entry = replace(programme.entry_of(event), capacity=capacity, registration=Asked.REQUIRED)
    programme.edit_event(session, event.id, entry, now=at, by=BY)


def _fill(session: Session, event: Event, capacity: int, at: datetime) -> None:
    """A full event: some wait, one has an offer, one has to be called."""
    _open(session, event, capacity, at)
    made = _register(session, event, len(PEOPLE), at - timedelta(days=2))
    registered = [registration for registration in made if registration.state == State.REGISTERED]
    service.cancel_registration(session, registered[1].id, now=at - timedelta(hours=3))


def _remember(session: Session, event: Event) -> None:
    """An event that was: most came, some came without having registered."""
    _open(session, event, 20, event.starts_at - timedelta(days=9))
    for registration in _register(session, event, 5, event.starts_at - timedelta(days=7)):
        service.tick(session, registration.id, max(0, registration.persons - 1), now=event.starts_at)
    service.count_heads(session, event, 6, now=event.ends_at)


def _register(session: Session, event: Event, count: int, since: datetime) -> list[Registration]:
    ways: Iterator[Way] = cycle((Way.WEB, Way.PHONE, Way.WEB, Way.IN_PERSON))
    made = []
    for place, (name, adults, children, phone, language, needs) in enumerate(PEOPLE[:count]):
        entry = RegistrationEntry(
            name=name, adults=adults, children=children, phone=phone, language=language, needs=needs
        )
        way = next(ways)
        told = {"now": since + timedelta(minutes=20 * place), "way": way, "by": "" if way is Way.WEB else BY}
        made.append(service.take_registration(session, event.id, entry, hash_of(new_secret()), **told))  # type: ignore[arg-type]
    return made
