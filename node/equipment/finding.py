"""Equipment found again: the stock, what is promised of it, what is out, what is overdue."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from node.equipment.models import Item, Reservation
from shared.errors import Refusal
from shared.records.bookings import Slot


class ItemUnknown(Refusal):
    """There is no item with this id."""


class ReservationUnknown(Refusal):
    """There is no reservation or lending with this id."""


@dataclass(frozen=True)
class FreeItem:
    """An item, and how many of it can still be promised for a time."""

    item: Item
    free: int


@dataclass(frozen=True)
class Standing:
    """An item at an instant. `out` is lent and not back, `overdue` of it past its day.

    `with_bookings` is in a room just now; `free` stands in its place, but for what is
    overdue it could be more on paper.
    """

    item: Item
    out: int
    overdue: int
    with_bookings: int

    @property
    def free(self) -> int:
        return max(0, self.item.stock - self.out - self.with_bookings)


def get_item(session: Session, item_id: str) -> Item:
    """Return an item; raise ItemUnknown."""
    item = session.get(Item, item_id)
    if item is None:
        raise ItemUnknown
    return item


def get_reservation(session: Session, reservation_id: str, *, to_change: bool = False) -> Reservation:
    """Return a reservation with its item; raise ReservationUnknown."""
    query = select(Reservation).where(Reservation.id == reservation_id).options(joinedload(Reservation.item))
    found = session.scalar(query.with_for_update(of=Reservation) if to_change else query)
    if found is None:
        raise ReservationUnknown
    return found


def list_items(session: Session) -> list[Item]:
    """Return all items, those in use first, by name."""
    return list(session.scalars(select(Item).order_by(Item.retired, Item.name, Item.id)))


def free_items(session: Session, slot: Slot, *, but_booking: str | None = None) -> list[FreeItem]:
    """Return the items in use with how many are free for `slot`, as if the booking `but_booking` had none."""
    promised = _promised(session, slot)
    found = []
    for item in list_items(session):
        if not item.retired:
            others = [
                each for each in promised.get(item.id, []) if but_booking is None or each.booking_id != but_booking
            ]
            found.append(FreeItem(item, item.stock - peak(slot, others)))
    return found


def free_of(session: Session, item_id: str, slot: Slot, *, but: str | None = None) -> int:
    """Return how many of an item are free all through `slot`, as if the reservation `but` were not there."""
    others = [each for each in _promised(session, slot, item_id).get(item_id, []) if each.id != but]
    return get_item(session, item_id).stock - peak(slot, others)


def with_booking(session: Session, booking_id: str) -> list[Reservation]:
    """Return what goes with a booking, each with its item, by the item's name."""
    query = (
        select(Reservation)
        .join(Reservation.item)
        .where(Reservation.booking_id == booking_id)
        .options(joinedload(Reservation.item))
        .order_by(Item.name, Reservation.id)
    )
    return list(session.scalars(query))


def with_bookings(session: Session, booking_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what goes with each of these bookings that has something: item id -> count."""
    query = select(Reservation).where(Reservation.booking_id.in_(booking_ids))
    found: dict[str, dict[str, int]] = {}
    for reservation in session.scalars(query):
        if reservation.booking_id is not None:
            found.setdefault(reservation.booking_id, {})[reservation.item_id] = reservation.count
    return found


def coming_of(session: Session, item_id: str, now: datetime, limit: int = 100) -> list[Reservation]:
    """Return what is promised of an item and not over yet, or still out, the soonest first."""
    query = (
        select(Reservation)
        .where(Reservation.item_id == item_id, Reservation.returned_at.is_(None))
        .where((Reservation.ends_at > now) | (Reservation.given_out_at.is_not(None)))
        .order_by(Reservation.starts_at, Reservation.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def lendings_open(session: Session, now: datetime) -> list[Reservation]:
    """Return the lendings that are out or still to be fetched, with their items: overdue ones come first."""
    query = (
        select(Reservation)
        .where(Reservation.booking_id.is_(None), Reservation.returned_at.is_(None))
        .where((Reservation.given_out_at.is_not(None)) | (Reservation.ends_at > now))
        .options(joinedload(Reservation.item))
        .order_by(Reservation.ends_at, Reservation.id)
    )
    return list(session.scalars(query))


def count_overdue(session: Session, now: datetime) -> int:
    """Return how many lendings should be back already."""
    query = select(func.count()).where(
        Reservation.given_out_at.is_not(None), Reservation.returned_at.is_(None), Reservation.ends_at <= now
    )
    return session.scalar(query) or 0


def standings(session: Session, now: datetime) -> list[Standing]:
    """Return all items with what is out and in use at `now`, in two queries."""
    found: dict[str, list[Reservation]] = {}
    query = select(Reservation).where(
        Reservation.returned_at.is_(None),
        Reservation.starts_at <= now,
        (Reservation.ends_at > now) | (Reservation.given_out_at.is_not(None)),
    )
    for reservation in session.scalars(query):
        found.setdefault(reservation.item_id, []).append(reservation)
    return [_standing(item, found.get(item.id, []), now) for item in list_items(session)]


def peak(slot: Slot, promised: Iterable[Reservation]) -> int:
    """Return how many pieces are promised at the busiest instant of `slot`; as the guard reckons."""
    listed = [each for each in promised if each.starts_at < slot.ends_at and each.ends_at > slot.starts_at]
    instants = {max(slot.starts_at, each.starts_at) for each in listed}
    return max(
        (sum(each.count for each in listed if each.starts_at <= at < each.ends_at) for at in instants), default=0
    )


def _promised(session: Session, slot: Slot, item_id: str | None = None) -> dict[str, list[Reservation]]:
    query = select(Reservation).where(
        Reservation.returned_at.is_(None), Reservation.starts_at < slot.ends_at, Reservation.ends_at > slot.starts_at
    )
    found: dict[str, list[Reservation]] = {}
    for each in session.scalars(query if item_id is None else query.where(Reservation.item_id == item_id)):
        found.setdefault(each.item_id, []).append(each)
    return found


def _standing(item: Item, reservations: Iterable[Reservation], now: datetime) -> Standing:
    listed = list(reservations)
    return Standing(
        item,
        out=sum(each.count for each in listed if each.is_out),
        overdue=sum(each.count for each in listed if each.is_overdue(now)),
        with_bookings=sum(each.count for each in listed if not each.is_lending),
    )
