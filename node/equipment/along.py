"""Equipment that goes along with a booking: promised, moved and freed with it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.equipment.finding import get_item, with_booking
from node.equipment.models import Reservation
from node.equipment.promises import get_in_use, promise, refuse_count
from shared.ids import new_id
from shared.records.bookings import Slot, refuse_impossible_times


def reserve(session: Session, booking_id: str, item_id: str, count: int, slot: Slot) -> Reservation:
    """Promise `count` pieces to a booking for `slot` (UTC), which is that of the booking.

    A second call for the same booking and item adds to the first. Raises ItemUnknown,
    ItemRetired, CountImpossible, BookingTimesImpossible, StockExceeded.
    """
    refuse_count(count)
    refuse_impossible_times(slot)
    item = get_in_use(session, item_id)
    there = _of_booking(session, booking_id, item_id)
    if there is not None:
        count += there.count
    reservation = there or Reservation(id=new_id(), item_id=item_id, booking_id=booking_id)
    promise(session, reservation, item, {"count": count, "starts_at": slot.starts_at, "ends_at": slot.ends_at})
    return reservation


def keep_with_booking(session: Session, booking_id: str, wanted: Mapping[str, int], slot: Slot) -> None:
    """Let exactly `wanted` (item id -> count; 0 for none) go with a booking for `slot`.

    A retired item stays with a booking that has it. Raises as `reserve`; after a refusal all
    is as it was.
    """
    refuse_impossible_times(slot)
    with session.begin_nested():
        there = {reservation.item_id: reservation for reservation in with_booking(session, booking_id)}
        for item_id, reservation in there.items():
            if not wanted.get(item_id):
                session.delete(reservation)
        session.flush()
        for item_id, count in wanted.items():
            if count:
                refuse_count(count)
                item = get_item(session, item_id) if item_id in there else get_in_use(session, item_id)
                kept = there.get(item_id) or Reservation(id=new_id(), item_id=item_id, booking_id=booking_id)
                promise(session, kept, item, {"count": count, "starts_at": slot.starts_at, "ends_at": slot.ends_at})


def move_with_booking(session: Session, booking_id: str, slot: Slot) -> None:
    """Move all that goes with a booking to its new time. Raises BookingTimesImpossible, StockExceeded.

    After a refusal all is as it was.
    """
    refuse_impossible_times(slot)
    with session.begin_nested():
        for reservation in with_booking(session, booking_id):
            promise(session, reservation, reservation.item, {"starts_at": slot.starts_at, "ends_at": slot.ends_at})


def release_with_booking(session: Session, booking_id: str) -> None:
    """Free all that goes with a booking; nothing happens if nothing does."""
    for reservation in with_booking(session, booking_id):  # one by one: so the log of changes sees them
        session.delete(reservation)
    session.flush()


def _of_booking(session: Session, booking_id: str, item_id: str) -> Reservation | None:
    query = select(Reservation).where(Reservation.booking_id == booking_id, Reservation.item_id == item_id)
    return session.scalar(query)
