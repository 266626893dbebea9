"""Calls about bookings: what is free, what stands, taking, moving, deciding."""

from dataclasses import replace
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls, may, refused_as
from node.api.shapes import PageWanted, Said, entry_shape, page_of
from node.bookings import service
from node.bookings.models import Booking
from node.bookings.service import BookingEntry, Overruling
from node.core import audit
from node.core.rights import Right
from shared.records.base import Instant
from shared.records.bookings import BookingKind, BookingSchema, BookingState, Slot, SpaceTaken
from shared.time import now, to_wire
from shared.web import pagination, zone
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("bookings", "Bookings of the house's spaces. The database forbids double bookings.")

OPEN_COLUMNS = ("id", "space_id", "starts_at", "ends_at", "kind", "state", "event_id", "title", "persons", "reason")
PERSONAL_COLUMNS = ("contact_name", "contact_phone", "contact_email", "note")

BookingShown = columns_shape(Booking, "Booking", OPEN_COLUMNS)
BookingWithContact = columns_shape(Booking, "BookingWithContact", (*OPEN_COLUMNS, *PERSONAL_COLUMNS))
BookingPage = page_of(BookingShown)
NOT_GIVEN = ("event_id", "tenant_id", "block_id")
BookingGiven = entry_shape(BookingEntry, "BookingGiven", Booking, BookingSchema, without=NOT_GIVEN)


class Between(PageWanted):
    """Which bookings: those that meet [starts_at, ends_at)."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    state = fields.String(validate=validate.OneOf(list(BookingState)), load_default=BookingState.CONFIRMED)


class Manner(Shape):
    """How to take it: at once, or as a request; `overrule` sets notice, length and quota aside, with why."""

    state = fields.String(validate=validate.OneOf(["confirmed", "requested"]), load_default="confirmed")
    overrule = fields.String(load_default="", validate=validate.Length(max=400))


@api.get("")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(Between, location="query")
@api.response(200, BookingPage)
def bookings(session: Session, asked: dict[str, Any]) -> Any:
    """List bookings that meet a stretch of time; without contacts."""
    found = service.bookings_between(session, Slot(asked["starts_at"], asked["ends_at"]), [asked["state"]])
    return pagination.of_list(found, asked["page"])


@api.get("/requests")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, BookingShown(many=True))
def requests(session: Session) -> Any:
    """List the requests that wait for an answer, the soonest first."""
    return service.open_requests(session, now())


@api.get("/<booking_id>")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, BookingWithContact)
def booking(session: Session, booking_id: str) -> Any:
    """Show a booking; contacts only to a token with the right `see_persons`."""
    found = service.get_booking(session, booking_id)
    if may(Right.SEE_PERSONS):
        audit.note_look("bookings", booking_id)
    return _shown(found)


@api.post("")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(BookingGiven)
@api.arguments(Manner, location="query")
@api.response(201, BookingWithContact)
def take(session: Session, entry: BookingEntry, manner: dict[str, str]) -> Any:
    """Book a space. 409 says what is in the way and what is free instead.

    Whoever may not decide on bookings asks for a rental (`state=requested`) and blocks nothing.
    """
    _need_to_decide(entry.kind, BookingState(manner["state"]))
    try:
        taken = service.take_booking(
            session,
            entry,
            now=now(),
            by=by(),
            state=BookingState(manner["state"]),
            overruling=_overruling(manner["overrule"]),
        )
    except SpaceTaken as refusal:
        raise _with_alternatives(session, refusal, entry) from refusal
    return _shown(taken)


@api.put("/<booking_id>")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(BookingGiven)
@api.arguments(Manner(only=("overrule",)), location="query")
@api.response(200, BookingWithContact)
def move(session: Session, entry: BookingEntry, manner: dict[str, str], booking_id: str) -> Any:
    """Change a booking: its time, its space, or what is said about it.

    Contacts and the note stay as they are without the right `see_persons`.
    """
    before = service.get_booking(session, booking_id)
    service.refuse_of_event(session, before)
    if entry.kind != before.kind:
        _need_to_decide(entry.kind, BookingState(before.state))
    overruling = _overruling(manner["overrule"])
    try:
        moved = service.move_booking(session, booking_id, _kept(entry, before), now=now(), overruling=overruling)
    except SpaceTaken as refusal:
        raise _with_alternatives(session, refusal, entry, but=booking_id) from refusal
    return _shown(moved)


@api.post("/<booking_id>/confirmation")
@allowed(Right.DECIDE_BOOKINGS)
@api.response(200, BookingWithContact)
def confirm(session: Session, booking_id: str) -> Any:
    """Confirm a request."""
    return _shown(service.confirm_booking(session, booking_id, now=now(), by=by()))


@api.post("/<booking_id>/refusal")
@allowed(Right.DECIDE_BOOKINGS)
@api.arguments(Said)
@api.response(200, BookingWithContact)
def decline(session: Session, said: dict[str, str], booking_id: str) -> Any:
    """Decline a request, with the reason that the person reads."""
    return _shown(service.decline_booking(session, booking_id, said["reason"], now=now(), by=by()))


@api.post("/<booking_id>/cancellation")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(Said)
@api.response(200, BookingWithContact)
def cancel(session: Session, said: dict[str, str], booking_id: str) -> Any:
    """Cancel a booking; its space is free again. One of an event is cancelled with the event."""
    service.refuse_of_event(session, service.get_booking(session, booking_id))
    return _shown(service.cancel_booking(session, booking_id, said["reason"], now=now(), by=by()))


def _shown(booking: Booking) -> dict[str, Any]:
    """Return what this token may see of a booking."""
    names = (*OPEN_COLUMNS, *PERSONAL_COLUMNS) if may(Right.SEE_PERSONS) else OPEN_COLUMNS
    return {name: getattr(booking, name) for name in names}


def _kept(entry: BookingEntry, before: Booking) -> BookingEntry:
    """Return what is wanted, with what this token cannot say or may not see as the booking has it."""
    names = NOT_GIVEN if may(Right.SEE_PERSONS) else (*NOT_GIVEN, *PERSONAL_COLUMNS)
    return replace(entry, **{name: getattr(before, name) for name in names})


def _need_to_decide(kind: str, state: BookingState) -> None:
    """Refuse a block, and a rental that nobody decided on, to a token without the right to decide."""
    undecided = kind == BookingKind.BLOCKED or (kind == BookingKind.RENTAL and state == BookingState.CONFIRMED)
    if undecided and not may(Right.DECIDE_BOOKINGS):
        raise Problem(403, "not_allowed", f"For this kind the token needs the right {Right.DECIDE_BOOKINGS.value!r}.")


def _overruling(why: str) -> Overruling | None:
    """Return the "nevertheless" of a call; only those who decide on bookings may say it."""
    if not why:
        return None
    if not may(Right.DECIDE_BOOKINGS):
        raise Problem(403, "not_allowed", f"Overruling needs the right {Right.DECIDE_BOOKINGS.value!r}.")
    return Overruling(by(), why)


def _with_alternatives(session: Session, refusal: SpaceTaken, entry: BookingEntry, but: str | None = None) -> Problem:
    """Return the refusal together with what is free instead: other spaces, other times, a shorter time."""
    found = service.look_into(session, refusal, entry, zone(), now=now(), but=but)
    alternatives = [
        {"space": choice.space_name, **{name: to_wire(at) for name, at in choice.slot._asdict().items()}}
        for choice in (*found.spaces, *found.times, *found.shorter)
    ]
    return refused_as(refusal, alternatives=alternatives)
