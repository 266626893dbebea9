"""Bookings: taken, moved, confirmed, declined, cancelled; and found again.

Rule: a request holds nothing, confirming does. Two people may ask for the same evening; the
house confirms one of them. A booking taken at the counter is confirmed at once.
Rule: whether a space is free is never asked first and written then: the write itself is
tried, and the database refuses it (see `guard`). The refusal becomes SpaceTaken.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.bookings import guard
from node.bookings.conflicts import Choice, Conflict, chosen_instead, look_into
from node.bookings.entry import BookingEntry
from node.bookings.finding import (
    BookingUnknown,
    bookings_between,
    bookings_of_day,
    find_booking_of_event,
    find_culprit,
    get_booking,
    held_by_part,
    open_requests,
)
from node.bookings.models import Booking
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import (
    BookingState,
    Slot,
    SpaceTaken,
    TransitionRefused,
    refuse_impossible_times,
    refuse_transition,
)

__all__ = [
    "BookingEntry",
    "BookingUnknown",
    "Choice",
    "Conflict",
    "SpaceRetired",
    "bookings_between",
    "bookings_of_day",
    "cancel_booking",
    "chosen_instead",
    "confirm_booking",
    "decline_booking",
    "find_booking_of_event",
    "get_booking",
    "held_by_part",
    "look_into",
    "move_booking",
    "open_requests",
    "take_booking",
]


class SpaceRetired(Refusal):
    """The space takes no new bookings."""


def take_booking(
    session: Session,
    entry: BookingEntry,
    *,
    now: datetime,
    by: str = "",
    state: BookingState = BookingState.CONFIRMED,
) -> Booking:
    """Book a space (or, with state `requested`, ask for it).

    Raises SpaceUnknown, SpaceRetired, BookingTimesImpossible, SpaceTaken.
    """
    if state not in (BookingState.CONFIRMED, BookingState.REQUESTED):
        raise TransitionRefused("", state)
    if not spaces.get_space(session, entry.space_id).bookable:
        raise SpaceRetired
    refuse_impossible_times(entry.slot)
    booking = Booking(id=new_id(), state=state, taken_by=by, taken_at=now)
    _write(session, booking, entry.columns())
    return booking


def move_booking(session: Session, booking_id: str, entry: BookingEntry) -> Booking:
    """Change a booking: its time, its space, or what is said about it.

    Raises BookingUnknown, SpaceUnknown, SpaceRetired (a new space only), TransitionRefused
    (declined or cancelled already), BookingTimesImpossible, SpaceTaken.
    """
    booking = _get_to_change(session, booking_id)
    if booking.state not in (BookingState.REQUESTED, BookingState.CONFIRMED):
        raise TransitionRefused(booking.state, booking.state)
    if not spaces.get_space(session, entry.space_id).bookable and entry.space_id != booking.space_id:
        raise SpaceRetired
    refuse_impossible_times(entry.slot)
    _write(session, booking, entry.columns())
    return booking


def confirm_booking(session: Session, booking_id: str, *, now: datetime, by: str = "") -> Booking:
    """Confirm a request. Raises BookingUnknown, TransitionRefused, SpaceTaken."""
    return _decide(session, booking_id, BookingState.CONFIRMED, now=now, by=by)


def decline_booking(session: Session, booking_id: str, reason: str, *, now: datetime, by: str = "") -> Booking:
    """Decline a request, with the reason that is told. Raises BookingUnknown, TransitionRefused."""
    return _decide(session, booking_id, BookingState.DECLINED, now=now, by=by, reason=reason)


def cancel_booking(session: Session, booking_id: str, reason: str, *, now: datetime, by: str = "") -> Booking:
    """Cancel a booking; its space is free again. Raises BookingUnknown, TransitionRefused."""
    return _decide(session, booking_id, BookingState.CANCELLED, now=now, by=by, reason=reason)


def _get_to_change(session: Session, booking_id: str) -> Booking:
    """Return a booking that nobody else can decide on meanwhile; raise BookingUnknown."""
    booking = session.get(Booking, booking_id, with_for_update=True)
    if booking is None:
        raise BookingUnknown
    return booking


def _decide(session: Session, booking_id: str, wanted: BookingState, **said: Any) -> Booking:
    booking = _get_to_change(session, booking_id)
    refuse_transition(booking.state, wanted)
    decided = {"decided_at": said["now"], "decided_by": said["by"], "reason": said.get("reason", "")}
    _write(session, booking, {"state": wanted, **decided})
    return booking


def _write(session: Session, booking: Booking, values: dict[str, Any]) -> None:
    """Try the write; the database has the last word on whether the space is free."""
    wanted = {name: values.get(name, getattr(booking, name)) for name in ("space_id", "starts_at", "ends_at")}
    booking_id = booking.id  # read it now: a rolled back booking cannot be asked any more
    try:
        with session.begin_nested():
            for name, value in values.items():
                if getattr(booking, name) != value:
                    setattr(booking, name, value)
            session.add(booking)
    except IntegrityError as error:
        if not guard.is_refusal(error):
            raise
        slot = Slot(wanted["starts_at"], wanted["ends_at"])
        culprit = find_culprit(session, booking_id, wanted["space_id"], slot)
        if culprit is None:
            raise SpaceTaken from error
        raise SpaceTaken(Slot(culprit.starts_at, culprit.ends_at), culprit.id) from error
