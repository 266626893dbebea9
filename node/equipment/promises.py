"""Pieces promised for a time, and the refusals that can meet a promise.

Rule: every write of a count goes through `promise` or `write`, which turn the database's
refusal into one that says what would be free.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.equipment import guard
from node.equipment.finding import free_of, get_item
from node.equipment.models import Item, Reservation
from shared.errors import Refusal
from shared.records.bookings import Slot

COUNT_MAX = 100_000


class ItemRetired(Refusal):
    """The item takes no new reservations."""


class CountImpossible(Refusal):
    """Fewer than one piece, or more than anybody has."""


class StockExceeded(Refusal):
    """`wanted` pieces of `item_name` are asked for; in that time `free` can still be had."""

    def __init__(self, item_id: str, item_name: str, wanted: int, free: int) -> None:
        super().__init__(f"{wanted} of {item_name}, {free} free")
        self.item_id, self.item_name, self.wanted, self.free = item_id, item_name, wanted, free


def promise(session: Session, reservation: Reservation, item: Item, values: Mapping[str, Any]) -> None:
    """Try the write; the database has the last word on whether there is enough."""
    known = {name: values.get(name, getattr(reservation, name)) for name in ("count", "starts_at", "ends_at")}
    reservation_id, item_id, item_name = reservation.id, item.id, item.name
    if not write(session, reservation, values):
        slot = Slot(known["starts_at"], known["ends_at"])
        free = free_of(session, item_id, slot, but=reservation_id)
        raise StockExceeded(item_id, item_name, known["count"], free)


def write(session: Session, row: Item | Reservation, values: Mapping[str, Any]) -> bool:
    """Write `values`; tell whether the database let it through."""
    try:
        with session.begin_nested():
            for name, value in values.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
            session.add(row)
    except IntegrityError as error:
        if not guard.is_refusal(error):
            raise
        return False
    return True


def get_in_use(session: Session, item_id: str) -> Item:
    """Return an item that takes reservations; raise ItemUnknown, ItemRetired."""
    item = get_item(session, item_id)
    if item.retired:
        raise ItemRetired
    return item


def refuse_count(count: int, least: int = 1) -> None:
    """Raise CountImpossible for fewer than `least` pieces, or more than anybody has."""
    if not least <= count <= COUNT_MAX:
        raise CountImpossible
