"""Opened and closed: what a group that uses the house by itself notes, or staff for it.

Rule: the log belongs to the booking. Somebody who closes without having noted the opening has
opened all the same: closing is never refused for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.keys.models import Opening
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, Slot

EARLY_MAX, LATE_MAX = timedelta(hours=12), timedelta(days=7)  # a long set-up; noted when staff looked after it
ASKED_FOR_DAYS = 3  # after three mornings on the page of today nobody will remember any more


class OpenedAlready(Refusal):
    """The opening is noted already, by `by`."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class ClosedAlready(Refusal):
    """The closing is noted already, by `by`."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class NotSelfManaged(Refusal):
    """The booking is not one of a group that opens and closes by itself."""


class NotedTimeImpossible(Refusal):
    """A time far from the booking, or a closing before the opening."""


@dataclass(frozen=True)
class Missing:
    """A self-managed use that is over and that nobody has noted as closed."""

    booking: Booking
    opening: Opening | None


def find_opening(session: Session, booking_id: str) -> Opening | None:
    """Return what is noted of a booking, or None."""
    return session.get(Opening, booking_id)


def note_opened(session: Session, booking_id: str, *, at: datetime, by: str) -> Opening:
    """Note that the group has opened. Raises BookingUnknown, NotSelfManaged, OpenedAlready, NotedTimeImpossible."""
    opening = _opening(session, booking_id, at)
    if opening.opened_at is not None:
        raise OpenedAlready(opening.opened_by)
    if opening.closed_at is not None and at > opening.closed_at:
        raise NotedTimeImpossible
    opening.opened_at, opening.opened_by = at, by
    return opening


def note_closed(
    session: Session, booking_id: str, *, at: datetime, by: str, in_order: bool = True, note: str = ""
) -> Opening:
    """Note that the group has closed, and how it left the house. Raises as `note_opened`, and ClosedAlready."""
    opening = _opening(session, booking_id, at)
    if opening.closed_at is not None:
        raise ClosedAlready(opening.closed_by)
    if opening.opened_at is not None and at < opening.opened_at:
        raise NotedTimeImpossible
    opening.closed_at, opening.closed_by = at, by
    opening.in_order, opening.note = in_order, note
    return opening


def not_closed(session: Session, now: datetime) -> list[Missing]:
    """Return the self-managed uses of the last days that are over without a word of closing."""
    recent = Slot(now - timedelta(days=ASKED_FOR_DAYS), now)
    over = [
        booking
        for booking in bookings.bookings_between(session, recent, (BookingState.CONFIRMED,))
        if booking.kind == BookingKind.SELF_MANAGED and booking.ends_at <= now
    ]
    noted = openings_of(session, [booking.id for booking in over])
    missing = [Missing(booking, noted.get(booking.id)) for booking in over]
    return [each for each in missing if each.opening is None or each.opening.closed_at is None]


def openings_of(session: Session, booking_ids: Sequence[str]) -> dict[str, Opening]:
    """Return what is noted of each of these bookings."""
    rows = session.scalars(select(Opening).where(Opening.booking_id.in_(booking_ids)))
    return {row.booking_id: row for row in rows}


def _opening(session: Session, booking_id: str, at: datetime) -> Opening:
    booking = bookings.get_booking(session, booking_id)
    if booking.kind != BookingKind.SELF_MANAGED or booking.state != BookingState.CONFIRMED:
        raise NotSelfManaged
    if not booking.starts_at - EARLY_MAX <= at <= booking.ends_at + LATE_MAX:
        raise NotedTimeImpossible
    found = find_opening(session, booking_id)
    if found is None:
        found = Opening(booking_id=booking_id)
        session.add(found)
        session.flush()
    return found
