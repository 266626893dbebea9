"""A request for a room by somebody without an account: sent, found again by its secret link, withdrawn.

Rule: a request is a booking in the state `requested`; it holds nothing until the house confirms.
Rule: the secret grows out of the draft, so that sending twice leads to the same request; the house
keeps its hash alone. The reference names the request on the phone and opens nothing.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.bookings.service import BookingEntry
from node.core.tokens import hash_of
from node.rentals import service as rentals
from node.requests import rooms
from node.requests.answers import Answers
from node.requests.models import RoomRequest
from node.requests.rooms import for_guests
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, CalledOffBy

__all__ = [
    "AnswersMissing",
    "RequestUnknown",
    "TooLate",
    "find_request",
    "for_guests",
    "get_request",
    "may_withdraw",
    "request_of_booking",
    "secret_of",
    "send_request",
    "withdraw",
]
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken on the phone: no 0 and O, no 1 and I
_PART = 3


class AnswersMissing(Refusal):
    """Something that a request needs has not been answered (or the draft is gone)."""


class RequestUnknown(Refusal):
    """No request has this secret."""


class TooLate(Refusal):
    """The request is decided against, withdrawn already, or its time has begun."""


def secret_of(draft_key: str, secret_key: str) -> str:
    """Return the secret of the request that a draft becomes."""
    return hmac.new(secret_key.encode(), f"room request {draft_key}".encode(), hashlib.sha256).hexdigest()[:32]


def send_request(
    session: Session, answers: Answers, secret: str, title: str, zone: ZoneInfo, *, now: datetime
) -> RoomRequest:
    """Make a request of what was answered; sending it again returns the same one.

    Raises AnswersMissing, NoSuchRoom, NotFree, and what `bookings.take_booking` refuses.
    """
    sent = find_request(session, secret)
    if sent is not None:
        return sent
    slot = answers.slot(zone)
    if slot is None or not answers.text("name") or not answers.persons:
        raise AnswersMissing
    space = rooms.get_room(session, answers.room_id)
    rooms.refuse_unfit(session, space, slot, zone, now)
    entry = BookingEntry(
        space_id=space.id,
        slot=slot,
        kind=BookingKind.RENTAL,
        title=title,
        contact_name=answers.text("name"),
        contact_phone=answers.text("telefon"),
        contact_email=answers.text("email"),
        persons=answers.persons,
        note=answers.text("nachricht"),
    )
    booking = bookings.take_booking(session, entry, now=now, state=BookingState.REQUESTED)
    if answers.text("hausordnung"):
        version = int(answers.text("hausordnung"))
        rentals.accept_rules(session, booking.id, version, answers.text("name"), now=now)
    made = RoomRequest(
        booking_id=booking.id, reference=_new_reference(session), token_hash=hash_of(secret), sent_at=now
    )
    session.add(made)
    return made


def find_request(session: Session, secret: str) -> RoomRequest | None:
    """Return the request of a secret link, or None."""
    return session.scalar(select(RoomRequest).where(RoomRequest.token_hash == hash_of(secret)))


def get_request(session: Session, secret: str) -> tuple[RoomRequest, Booking]:
    """Return the request of a secret link and its booking; raise RequestUnknown."""
    found = find_request(session, secret)
    booking = session.get(Booking, found.booking_id) if found else None
    if found is None or booking is None:
        raise RequestUnknown
    return found, booking


def request_of_booking(session: Session, booking_id: str) -> RoomRequest | None:
    """Return the request that a booking came from, or None."""
    return session.scalar(select(RoomRequest).where(RoomRequest.booking_id == booking_id))


def may_withdraw(booking: Booking, now: datetime) -> bool:
    """Whether whoever asked can still call it off: it stands, and has not begun."""
    return booking.state in (BookingState.REQUESTED, BookingState.CONFIRMED) and now < booking.starts_at


def withdraw(session: Session, secret: str, *, now: datetime) -> Booking:
    """Call a request or the confirmed booking off. Raises RequestUnknown, TooLate."""
    _request, booking = get_request(session, secret)
    if not may_withdraw(booking, now):
        raise TooLate
    return bookings.cancel_booking(session, booking.id, "", now=now, wanted_by=CalledOffBy.BOOKER)


def _new_reference(session: Session) -> str:
    """Return a reference that no request has: six letters and figures, in two groups."""
    while True:
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _PART))
        reference = f"{letters[:_PART]}-{letters[_PART:]}"
        if session.scalar(select(RoomRequest.id).where(RoomRequest.reference == reference)) is None:
            return reference
