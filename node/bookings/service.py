"""Bookings: taken, moved, confirmed, declined, cancelled; and found again.

Rule: a request holds nothing, confirming does. Two people may ask for the same evening; the
house confirms one of them. A booking taken at the counter is confirmed at once.
Rule: whether a space is free is never asked first and written then: the write itself is
tried, and the database refuses it (see `guard`). The refusal becomes SpaceTaken.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from node.bookings import guard
from node.bookings.free_time import Held, held
from node.bookings.models import Booking, Claim
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import (
    BookingKind,
    BookingState,
    Slot,
    SpaceTaken,
    TransitionRefused,
    refuse_impossible_times,
    refuse_transition,
)


class BookingUnknown(Refusal):
    """There is no booking with this id."""


class SpaceRetired(Refusal):
    """The space takes no new bookings."""


@dataclass(frozen=True, kw_only=True)
class BookingEntry:
    """What is said when a space is booked. `slot` in UTC; names and numbers stay in the house."""

    space_id: str
    slot: Slot
    kind: str = BookingKind.INTERNAL
    title: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    persons: int | None = None
    note: str = ""
    event_id: str | None = None


_PLAIN = tuple(field.name for field in fields(BookingEntry) if field.name != "slot")


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
    booking = Booking(id=new_id(), state=state, taken_by=by, taken_at=now)
    _write(session, booking, _columns(entry))
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
    _write(session, booking, _columns(entry))
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


def get_booking(session: Session, booking_id: str) -> Booking:
    """Return a booking; raise BookingUnknown."""
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise BookingUnknown
    return booking


def entry_of(booking: Booking) -> BookingEntry:
    """Return what a booking says, as an entry: to fill a form, or to change one thing of it."""
    values = {name: getattr(booking, name) for name in _PLAIN}
    return BookingEntry(slot=Slot(booking.starts_at, booking.ends_at), **values)


def find_booking_of_event(session: Session, event_id: str) -> Booking | None:
    """Return the standing booking (requested or confirmed) made along with an event, or None."""
    standing = (BookingState.REQUESTED, BookingState.CONFIRMED)
    return session.scalar(select(Booking).where(Booking.event_id == event_id, Booking.state.in_(standing)).limit(1))


def bookings_between(
    session: Session, within: Slot, states: Iterable[BookingState] = (BookingState.CONFIRMED,)
) -> list[Booking]:
    """Return the bookings in one of `states` that meet `within`, in the order of their start."""
    query = (
        select(Booking)
        .where(Booking.starts_at < within.ends_at, Booking.ends_at > within.starts_at)
        .where(Booking.state.in_(tuple(states)))
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(session.scalars(query))


def bookings_of_day(session: Session, day: Slot) -> list[Booking]:
    """Return what stands or is asked for on a day: `day` is [start, end) in UTC."""
    return bookings_between(session, day, (BookingState.CONFIRMED, BookingState.REQUESTED))


def open_requests(session: Session, now: datetime, limit: int = 50) -> list[Booking]:
    """Return requests that still wait for an answer, the soonest first."""
    query = (
        select(Booking)
        .where(Booking.state == BookingState.REQUESTED, Booking.ends_at > now)
        .order_by(Booking.starts_at, Booking.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def held_by_part(session: Session, within: Slot, but: str | None = None) -> dict[str, list[Held]]:
    """Return for each part what is held of it around `within`, leaving out the booking `but`."""
    use, hold = aliased(Claim), aliased(Claim)
    query = (
        select(use.part_id, use.starts_at, use.ends_at, hold.starts_at, hold.ends_at)
        .join(hold, and_(hold.booking_id == use.booking_id, hold.part_id == use.part_id))
        .where(use.role == "use", hold.role == "hold")
        .where(hold.starts_at < within.ends_at, hold.ends_at > within.starts_at)
    )
    if but is not None:
        query = query.where(use.booking_id != but)
    found: dict[str, list[Held]] = {}
    for part_id, used_from, used_until, held_from, held_until in session.execute(query):
        found.setdefault(part_id, []).append(Held(Slot(used_from, used_until), Slot(held_from, held_until)))
    return found


def find_culprit(session: Session, booking_id: str, space_id: str, wanted: Slot) -> Booking | None:
    """Return the first confirmed booking, other than `booking_id`, in the way of `wanted`, or None."""
    whole = held(wanted, spaces.buffers_of(spaces.get_space(session, space_id)))
    in_the_way = or_(
        and_(Claim.role == "hold", Claim.starts_at < whole.use.ends_at, Claim.ends_at > whole.use.starts_at),
        and_(Claim.role == "use", Claim.starts_at < whole.hold.ends_at, Claim.ends_at > whole.hold.starts_at),
    )
    query = (
        select(Booking)
        .join(Claim, Claim.booking_id == Booking.id)
        .where(Claim.part_id.in_(spaces.parts_of(session, space_id)), Booking.id != booking_id, in_the_way)
        .order_by(Booking.starts_at)
        .limit(1)
    )
    return session.scalar(query)


def _get_to_change(session: Session, booking_id: str) -> Booking:
    """Return a booking that nobody else can decide on meanwhile; raise BookingUnknown."""
    booking = session.get(Booking, booking_id, with_for_update=True)
    if booking is None:
        raise BookingUnknown
    return booking


def _columns(entry: BookingEntry) -> dict[str, Any]:
    refuse_impossible_times(entry.slot)
    values = {name: getattr(entry, name) for name in _PLAIN}
    return values | {"starts_at": entry.slot.starts_at, "ends_at": entry.slot.ends_at}


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
