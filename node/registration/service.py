"""Registrations: taken, changed, moved up, answered, cancelled, ticked.

Rule: everything that could free or fill a place ends in `settle`.
The database forbids more than the capacity whatever is written here (see `guard`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from node.programme import service as programme
from node.programme.models import Event
from node.registration.entry import RegistrationEntry
from node.registration.figures import count_heads, find_figures, rewrite_figures
from node.registration.finding import (
    Places,
    calls_to_make,
    coming_events,
    count_calls,
    find_by_link,
    get_registration,
    line_of,
    past_events,
    places_by_event,
    places_of,
    registrations_of,
    terms_of_house,
)
from node.registration.models import STANDING, News, Registration, State, Way
from node.registration.notes import change_contact, change_link, tell, tick
from node.registration.queue import fits_behind, rule_at
from node.registration.refusals import (
    Closed,
    GroupTooLarge,
    OfferOver,
    PlacesMissing,
    RegistrationClosed,
    RegistrationUnknown,
    StateRefused,
    why_closed,
    why_gone,
)
from node.registration.secret_links import new_reference
from node.registration.settling import leave, settle, settle_all
from shared.ids import new_id
from shared.records.events import EventState

__all__ = [
    "Closed",
    "GroupTooLarge",
    "OfferOver",
    "Places",
    "PlacesMissing",
    "RegistrationClosed",
    "RegistrationEntry",
    "RegistrationUnknown",
    "StateRefused",
    "accept_offer",
    "calls_to_make",
    "cancel_registration",
    "change_contact",
    "change_group",
    "change_link",
    "coming_events",
    "count_calls",
    "count_heads",
    "decline_offer",
    "find_by_link",
    "find_figures",
    "get_registration",
    "give_place",
    "join_again",
    "line_of",
    "move_registration",
    "past_events",
    "places_by_event",
    "places_of",
    "registrations_of",
    "rewrite_figures",
    "settle",
    "settle_all",
    "take_registration",
    "tell",
    "terms_of_house",
    "tick",
    "why_closed",
    "why_gone",
]


def take_registration(
    session: Session,
    event_id: str,
    entry: RegistrationEntry,
    link_hash: str,
    *,
    now: datetime,
    way: Way = Way.WEB,
    by: str = "",
) -> Registration:
    """Register a group, or let it wait; the same `link_hash` again is the same registration.

    Raises EventUnknown, RegistrationClosed, GroupTooLarge.
    """
    if known := find_by_link(session, link_hash):
        return known
    event = programme.get_event(session, event_id)
    if why := why_closed(event, now) if way is Way.WEB else why_gone(event, now):
        raise RegistrationClosed(why)
    _refuse_too_large(event, entry.adults + entry.children)
    registration = Registration(
        id=new_id(),
        event_id=event_id,
        reference=new_reference(),
        link_hash=link_hash,
        state=State.WAITING,
        way=way,
        registered_at=now,
        registered_by=by,
        queued_at=now,
        changed_at=now,
        **vars(entry),
    )
    session.add(registration)
    settle(session, event, now=now, acting=registration)
    return registration


def change_group(session: Session, registration_id: str, adults: int, children: int, *, now: datetime) -> Registration:
    """Come with more or fewer persons.

    Fewer keeps what one has, place or turn. More needs free places that nobody waits for, else it
    raises PlacesMissing and everything stays; in the line it means the end of the line.
    Raises RegistrationUnknown, RegistrationClosed, GroupTooLarge, StateRefused.
    """
    registration, event = _get_standing(session, registration_id, now)
    more = adults + children - registration.persons
    if more > 0:
        _refuse_too_large(event, adults + children)
        if registration.state != State.WAITING:
            _refuse_more(session, event, more, now)
        else:
            registration.queued_at = now
    registration.adults, registration.children, registration.changed_at = adults, children, now
    settle(session, event, now=now, acting=registration)
    return registration


def accept_offer(session: Session, registration_id: str, *, now: datetime) -> Registration:
    """Take the places that are offered. Raises RegistrationUnknown, RegistrationClosed, OfferOver."""
    registration, event = _get_offered(session, registration_id, now)
    registration.state, registration.changed_at = State.REGISTERED, now
    registration.offer_until, registration.news = None, News.NONE
    settle(session, event, now=now)
    return registration


def decline_offer(session: Session, registration_id: str, *, now: datetime) -> Registration:
    """Leave the offered places to the next. Raises RegistrationUnknown, RegistrationClosed, OfferOver."""
    registration, event = _get_offered(session, registration_id, now)
    leave(registration, State.DECLINED, now)
    settle(session, event, now=now)
    return registration


def cancel_registration(session: Session, registration_id: str, *, now: datetime) -> Registration:
    """Come not at all; the places go to the next. Raises RegistrationUnknown, StateRefused."""
    registration = get_registration(session, registration_id)
    if registration.state not in STANDING:
        raise StateRefused(registration.state)
    leave(registration, State.CANCELLED, now)
    settle(session, programme.get_event(session, registration.event_id), now=now)
    return registration


def join_again(session: Session, registration_id: str, *, now: datetime) -> Registration:
    """Stand at the end of the line again (or have a place, if it is one's turn).

    Raises RegistrationUnknown, StateRefused, RegistrationClosed, GroupTooLarge.
    """
    registration = get_registration(session, registration_id)
    event = programme.get_event(session, registration.event_id)
    if registration.state in STANDING or registration.erased_at:
        raise StateRefused(registration.state)
    if why := why_closed(event, now):
        raise RegistrationClosed(why)
    _queue_up(session, registration, event, now)
    return registration


def give_place(session: Session, registration_id: str, *, now: datetime) -> Registration:
    """Register somebody who waits, out of turn if need be: staff have them on the phone.

    Raises RegistrationUnknown, RegistrationClosed, StateRefused, PlacesMissing (too few are free).
    """
    registration, event = _get_standing(session, registration_id, now)
    if registration.state == State.REGISTERED:
        raise StateRefused(registration.state)
    free = places_of(session, event).free
    if registration.state == State.WAITING and free is not None and registration.persons > free:
        raise PlacesMissing(free)
    registration.state, registration.changed_at = State.REGISTERED, now
    registration.offer_until, registration.news = None, News.NONE
    settle(session, event, now=now)
    return registration


def move_registration(session: Session, registration_id: str, event_id: str, *, now: datetime) -> Registration:
    """Move a group to another event or date, where it stands last in the line if there is one.

    Raises RegistrationUnknown, EventUnknown, RegistrationClosed, GroupTooLarge, StateRefused.
    """
    registration = get_registration(session, registration_id)
    left, event = programme.get_event(session, registration.event_id), programme.get_event(session, event_id)
    if registration.state not in STANDING or left is event:
        raise StateRefused(registration.state)
    if why := why_gone(event, now):
        raise RegistrationClosed(why)
    _refuse_too_large(event, registration.persons)
    registration.event_id, registration.came = event.id, None
    _queue_up(session, registration, event, now)
    settle(session, left, now=now)
    return registration


def _queue_up(session: Session, registration: Registration, event: Event, now: datetime) -> None:
    _refuse_too_large(event, registration.persons)
    registration.state, registration.queued_at, registration.changed_at = State.WAITING, now, now
    registration.offer_until, registration.news, registration.told_at = None, News.NONE, None
    settle(session, event, now=now, acting=registration)


def _get_standing(session: Session, registration_id: str, now: datetime) -> tuple[Registration, Event]:
    registration = get_registration(session, registration_id)
    event = programme.get_event(session, registration.event_id)
    if event.state != EventState.PUBLISHED or now >= event.ends_at:
        raise RegistrationClosed(why_gone(event, now) or Closed.ENDED)
    if registration.state not in STANDING:
        raise StateRefused(registration.state)
    return registration, event


def _get_offered(session: Session, registration_id: str, now: datetime) -> tuple[Registration, Event]:
    registration = get_registration(session, registration_id)
    event = programme.get_event(session, registration.event_id)
    settle(session, event, now=now)  # an offer whose time is over has gone on to the next
    if why := why_gone(event, now):
        raise RegistrationClosed(why)
    if registration.state != State.OFFERED:
        raise OfferOver
    return registration, event


def _refuse_too_large(event: Event, persons: int) -> None:
    if event.capacity is not None and persons > event.capacity:
        raise GroupTooLarge(event.capacity)


def _refuse_more(session: Session, event: Event, more: int, now: datetime) -> None:
    places = places_of(session, event)
    line = [registration.group for registration in line_of(session, event.id)]
    rule = rule_at(terms_of_house(session).of_line, event.starts_at, now)
    if not fits_behind(line, more, event.capacity, places.taken, rule):
        raise PlacesMissing(0 if line or places.free is None else places.free)
