"""The numbers of an event that travel: computed anew from its registrations, written when they changed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.programme.models import Event
from node.registration.finding import places_of
from node.registration.models import EventAttendance, Registration


def find_figures(session: Session, event_id: str) -> EventAttendance | None:
    """Return the numbers of an event, None while there are none."""
    return session.get(EventAttendance, event_id)


def rewrite_figures(session: Session, event: Event, *, now: datetime) -> EventAttendance:
    """Bring the numbers of an event up to date; the headcount is what staff entered and stays."""
    session.flush()
    places = places_of(session, event)
    came = session.scalar(select(func.sum(Registration.came)).where(Registration.event_id == event.id))
    return _keep(
        session,
        event,
        now,
        capacity=event.capacity,
        registered=places.registered,
        waiting=places.waiting + places.offered,
        attended=came,
    )


def count_heads(session: Session, event: Event, headcount: int | None, *, now: datetime) -> EventAttendance:
    """Keep how many came without being registered; None is "not counted"."""
    return _keep(session, event, now, headcount=headcount)


def _keep(session: Session, event: Event, now: datetime, **numbers: int | None) -> EventAttendance:
    figures = find_figures(session, event.id)
    if figures is None:
        figures = EventAttendance(id=event.id, event_id=event.id, as_of=now, capacity=event.capacity)
        figures.registered, figures.waiting = 0, 0
        session.add(figures)
    changed = {name: number for name, number in numbers.items() if getattr(figures, name) != number}
    for name, number in changed.items():
        setattr(figures, name, number)
    if changed:
        figures.as_of = now
    return figures
