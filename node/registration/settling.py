"""What follows when places come free: offers along the line, offers that expire, numbers kept right.

Rule: nobody is ever registered by the house's own doing: a place from the line is an offer with
a deadline. Whoever acts at this moment has the place at once if it is their turn.
Invariant: after `settle` no offer is past its deadline, nobody waits whose turn it is and who
could be made an offer, and the numbers that travel say what is so.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.programme.models import Event
from node.registration.figures import rewrite_figures
from node.registration.finding import line_of, places_of, registrations_of, terms_of_house
from node.registration.models import News, Registration, State
from node.registration.queue import deadline_of_offer, rule_at, whose_turn
from node.registration.refusals import why_gone


def settle(session: Session, event: Event, *, now: datetime, acting: Registration | None = None) -> None:
    """Let offers expire, offer free places along the line, and write the numbers.

    `acting` is the group that asks at this moment: if it is its turn, it has the place at once.
    """
    session.flush()
    for registration in registrations_of(session, event.id, (State.OFFERED,)):
        if registration.offer_until is not None and registration.offer_until <= now:
            leave(registration, State.EXPIRED, now)
    session.flush()
    if why_gone(event, now) is None:
        _give_places(session, event, now, acting)
    rewrite_figures(session, event, now=now)


def settle_all(session: Session, *, now: datetime) -> None:
    """Settle every coming event that somebody waits for or has an offer of; the job does so."""
    moving = select(Registration.event_id).where(Registration.state.in_((State.WAITING, State.OFFERED)))
    for event in session.scalars(select(Event).where(Event.id.in_(moving), Event.ends_at > now)):
        settle(session, event, now=now)


def _give_places(session: Session, event: Event, now: datetime, acting: Registration | None) -> None:
    terms = terms_of_house(session).of_line
    line = {registration.id: registration for registration in line_of(session, event.id)}
    if not line:
        return
    until = deadline_of_offer(terms, event.starts_at, now)
    groups = [registration.group for registration in line.values()]
    taken = places_of(session, event).taken
    for group in whose_turn(groups, event.capacity, taken, rule_at(terms, event.starts_at, now)):
        registration = line[group.id]
        if registration is acting:
            registration.state, registration.changed_at = State.REGISTERED, now
        elif until is not None:
            registration.state, registration.offer_until, registration.changed_at = State.OFFERED, until, now
            registration.news, registration.told_at = News.OFFER, None


def leave(registration: Registration, state: State, now: datetime) -> None:
    """Give up a place, a turn or an offer."""
    registration.state, registration.changed_at = state, now
    registration.offer_until, registration.news, registration.came = None, News.NONE, None
