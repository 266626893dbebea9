"""A booking's way: taken, moved, confirmed, declined, cancelled.

Rule: whether a space is free is never asked first and written then: the write itself is
tried, and the database refuses it (see `guard`). The refusal becomes SpaceTaken.
Rule: equipment is promised with the request already, moves and goes with its booking; what is
short refuses the whole booking.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.bookings import guard
from node.bookings.entry import BookingEntry
from node.bookings.finding import BookingUnknown, belongs_to_event, find_culprit
from node.bookings.models import Booking
from node.bookings.quotas import party_of
from node.bookings.rules import Overruling, refuse_against_rules
from node.equipment import service as equipment
from node.rentals import service as rentals
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import (
    BookingState,
    CalledOffBy,
    Slot,
    SpaceTaken,
    TransitionRefused,
    refuse_impossible_times,
    refuse_transition,
)


class SpaceRetired(Refusal):
    """The space takes no new bookings."""


class OfEvent(Refusal):
    """The booking goes along with an event that takes place: it is moved and freed with it, never by itself."""

    def __init__(self, event_id: str) -> None:
        super().__init__(event_id)
        self.event_id = event_id


def take_booking(
    session: Session,
    entry: BookingEntry,
    *,
    now: datetime,
    by: str = "",
    state: BookingState = BookingState.CONFIRMED,
    overruling: Overruling | None = None,
) -> Booking:
    """Book a space (or, with state `requested`, ask for it).

    Raises SpaceUnknown, SpaceRetired, BookingTimesImpossible, SpaceTaken and what `rules` and `equipment` refuse.
    """
    if state not in (BookingState.CONFIRMED, BookingState.REQUESTED):
        raise TransitionRefused("", state)
    if not spaces.get_space(session, entry.space_id).bookable:
        raise SpaceRetired
    refuse_impossible_times(entry.slot)
    overruled = refuse_against_rules(session, entry, now=now, overruling=overruling)
    booking = Booking(id=new_id(), state=state, taken_by=by, taken_at=now)
    with session.begin_nested():
        _write(session, booking, entry.columns() | overruled)
        _keep_beside(session, booking, entry)
    return booking


def move_booking(
    session: Session,
    booking_id: str,
    entry: BookingEntry,
    *,
    now: datetime | None = None,
    overruling: Overruling | None = None,
) -> Booking:
    """Change a booking: its time, its space, or what is said about it.

    Rules are asked again if time, space or kind change or somebody else books; notice only with `now`
    and if it begins at another time. Raises BookingUnknown, SpaceUnknown, SpaceRetired (a new
    space only), TransitionRefused (declined or cancelled already), BookingTimesImpossible,
    SpaceTaken and what `rules` and `equipment` refuse.
    """
    booking = _get_to_change(session, booking_id)
    if booking.state not in (BookingState.REQUESTED, BookingState.CONFIRMED):
        raise TransitionRefused(booking.state, booking.state)
    with session.begin_nested():
        _write(session, booking, _moved(session, booking, entry, now, overruling))
        _keep_beside(session, booking, entry)
    return booking


def confirm_booking(session: Session, booking_id: str, *, now: datetime, by: str = "") -> Booking:
    """Confirm a request. Raises BookingUnknown, TransitionRefused, SpaceTaken."""
    return _decide(session, booking_id, BookingState.CONFIRMED, now=now, by=by)


def confirm_instead(session: Session, booking_id: str, entry: BookingEntry, *, now: datetime, by: str = "") -> Booking:
    """Confirm a request as something else that is free; what was asked for is remembered.

    Raises what `confirm_booking` and `move_booking` raise; the request then stays as it is.
    """
    booking = _get_to_change(session, booking_id)
    refuse_transition(booking.state, BookingState.CONFIRMED)
    values = _moved(session, booking, entry, None, None)
    asked = (booking.space_id, booking.starts_at, booking.ends_at)
    if asked != (entry.space_id, *entry.slot) and booking.asked_space_id is None:
        values |= dict(zip(("asked_space_id", "asked_starts_at", "asked_ends_at"), asked, strict=True))
    with session.begin_nested():
        _write(session, booking, values | _decided(BookingState.CONFIRMED, now, by))
        _keep_beside(session, booking, entry)
    return booking


def decline_booking(session: Session, booking_id: str, reason: str, *, now: datetime, by: str = "") -> Booking:
    """Decline a request, with the reason that is told. Raises BookingUnknown, TransitionRefused."""
    return _decide(session, booking_id, BookingState.DECLINED, now=now, by=by, reason=reason)


def cancel_booking(
    session: Session,
    booking_id: str,
    reason: str,
    *,
    now: datetime,
    by: str = "",
    wanted_by: CalledOffBy = CalledOffBy.HOUSE,
) -> Booking:
    """Cancel a booking; its space is free again. Raises BookingUnknown, TransitionRefused."""
    return _decide(session, booking_id, BookingState.CANCELLED, now=now, by=by, reason=reason, called_off_by=wanted_by)


def refuse_of_event(session: Session, booking: Booking) -> None:
    """Raise OfEvent if the programme would go on naming a space that nobody keeps for it; for the edges."""
    if belongs_to_event(session, booking):
        raise OfEvent(booking.event_id or "")


def _get_to_change(session: Session, booking_id: str) -> Booking:
    """Return a booking that nobody else can decide on meanwhile; raise BookingUnknown."""
    booking = session.get(Booking, booking_id, with_for_update=True)
    if booking is None:
        raise BookingUnknown
    return booking


def _moved(
    session: Session, booking: Booking, entry: BookingEntry, now: datetime | None, overruling: Overruling | None
) -> dict[str, Any]:
    """Return the values of the booking as `entry` says it; raise what stands against that."""
    if not spaces.get_space(session, entry.space_id).bookable and entry.space_id != booking.space_id:
        raise SpaceRetired
    refuse_impossible_times(entry.slot)
    before = BookingEntry.of(booking)
    if _bound(before) == _bound(entry):
        return entry.columns()
    notice_from = now if entry.slot.starts_at != before.slot.starts_at else None
    overruled = refuse_against_rules(session, entry, now=notice_from, but=booking.id, overruling=overruling)
    return entry.columns() | overruled


def _keep_beside(session: Session, booking: Booking, entry: BookingEntry) -> None:
    """Keep what goes with a booking: its fee, its equipment. Raises FeeClassUnknown and what equipment refuses."""
    if entry.fee_class_id is None:
        rentals.reckon_again(session, booking.id, entry.slot)
    else:
        rentals.agree_fee(session, booking.id, entry.fee_class_id, entry.slot)
    if entry.equipment is None:
        equipment.move_with_booking(session, booking.id, entry.slot)
    else:
        equipment.keep_with_booking(session, booking.id, entry.equipment, entry.slot)


def _bound(entry: BookingEntry) -> tuple[Any, ...]:
    """Return what the rules ask of a booking: while it stays the same they are not asked again."""
    return entry.space_id, entry.slot, entry.kind, party_of(entry)


def _decide(session: Session, booking_id: str, wanted: BookingState, *, now: datetime, by: str, **said: Any) -> Booking:
    booking = _get_to_change(session, booking_id)
    refuse_transition(booking.state, wanted)
    _write(session, booking, _decided(wanted, now, by, **said))
    if wanted in (BookingState.DECLINED, BookingState.CANCELLED):
        equipment.release_with_booking(session, booking.id)
    return booking


def _decided(wanted: BookingState, now: datetime, by: str, **said: Any) -> dict[str, Any]:
    return {"state": wanted, "decided_at": now, "decided_by": by, "reason": "", **said}


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
