"""Registrations found again: by link, by event, in the order of the line; and places counted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from node.programme.models import Event
from node.registration.models import STANDING, News, Registration, RegistrationTerms, State
from node.registration.refusals import RegistrationUnknown
from shared.records.events import EventState
from shared.records.events import Registration as Asked

ORDER_OF_LINE = (Registration.queued_at, Registration.id)


@dataclass(frozen=True)
class Places:
    """How the places of an event stand, in persons; `capacity` None is no limit."""

    capacity: int | None = None
    registered: int = 0
    offered: int = 0
    waiting: int = 0

    @property
    def taken(self) -> int:
        """What is given away: to those who have a place and those who have an offer of one."""
        return self.registered + self.offered

    @property
    def free(self) -> int | None:
        """None is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


def get_registration(session: Session, registration_id: str) -> Registration:
    """Return a registration; raise RegistrationUnknown."""
    found = session.get(Registration, registration_id)
    if found is None:
        raise RegistrationUnknown
    return found


def find_by_link(session: Session, link_hash: str) -> Registration | None:
    """Return the registration behind a secret link, erased ones not."""
    query = select(Registration).where(Registration.link_hash == link_hash, Registration.erased_at.is_(None))
    return session.scalars(query).one_or_none()


def line_of(session: Session, event_id: str) -> list[Registration]:
    """Return who waits for places of an event, first come first."""
    query = select(Registration).where(Registration.event_id == event_id, Registration.state == State.WAITING)
    return list(session.scalars(query.order_by(*ORDER_OF_LINE)))


def registrations_of(session: Session, event_id: str, states: Collection[str] = tuple(State)) -> list[Registration]:
    """Return the registrations of an event in some states, by the order in which they came."""
    query = select(Registration).where(Registration.event_id == event_id, Registration.state.in_(states))
    return list(session.scalars(query.order_by(*ORDER_OF_LINE)))


def terms_of_house(session: Session) -> RegistrationTerms:
    """Return what the house has decided, or what holds until it does."""
    return session.get(RegistrationTerms, "house") or RegistrationTerms(
        id="house", rule="in_order", offer_hours=48, offers_end_hours=3, last_call_hours=48
    )


def places_of(session: Session, event: Event) -> Places:
    """Count the places of one event."""
    return places_by_event(session, [event])[event.id]


def places_by_event(session: Session, events: Iterable[Event]) -> dict[str, Places]:
    """Count the places of some events with one query; each event is there."""
    capacities = {event.id: event.capacity for event in events}
    persons = func.sum(Registration.adults + Registration.children)
    query = (
        select(Registration.event_id, Registration.state, persons)
        .where(Registration.event_id.in_(capacities), Registration.state.in_(STANDING))
        .group_by(Registration.event_id, Registration.state)
    )
    counted: dict[str, dict[str, int]] = {event_id: {} for event_id in capacities}
    for event_id, state, count in session.execute(query):
        counted[event_id][state] = count
    return {event_id: Places(capacity, **counted[event_id]) for event_id, capacity in capacities.items()}


def coming_events(now: datetime) -> Select[Event]:
    """Select the coming events that ask for registration or have one, soonest first."""
    return select(Event).where(Event.ends_at > now, _has_to_do()).order_by(Event.starts_at, Event.id)


def past_events(now: datetime) -> Select[Event]:
    """Select the events that are over and had registrations, latest first."""
    return select(Event).where(Event.ends_at <= now, _has_to_do()).order_by(Event.starts_at.desc(), Event.id)


def _has_to_do() -> ColumnElement[bool]:
    """Whether an event asks for registration and is public, or has registrations whatever it says now."""
    asks = (Event.registration != Asked.NONE) & (Event.state == EventState.PUBLISHED)
    return or_(asks, select(Registration.id).where(Registration.event_id == Event.id).exists())


def calls_to_make(session: Session, now: datetime) -> list[tuple[Registration, Event]]:
    """Return who has to be told something and was not yet: offers by their deadline, then by the event's time."""
    query = select(Registration, Event).join(Event, Event.id == Registration.event_id).where(*_to_be_told(now))
    listed = query.order_by(
        Registration.offer_until.is_(None), Registration.offer_until, Event.starts_at, Registration.id
    )
    return [(registration, event) for registration, event in session.execute(listed)]


def count_calls(session: Session, now: datetime) -> int:
    """Return how many have to be told something; pages that only say how many ask this."""
    query = select(func.count()).select_from(Registration).join(Event, Event.id == Registration.event_id)
    return session.scalar(query.where(*_to_be_told(now))) or 0


def _to_be_told(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Registration.news != News.NONE,
        Registration.told_at.is_(None),
        Registration.state.in_(STANDING),
        Registration.erased_at.is_(None),
        Event.ends_at > now,
    )
