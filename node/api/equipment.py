"""Calls about counted equipment: what there is, what is free, lending."""

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls, may
from node.api.shapes import entry_shape
from node.core.rights import Right
from node.equipment import service
from node.equipment.models import Item, Reservation
from node.equipment.service import ItemEntry, LendingEntry
from shared.records.base import Instant
from shared.records.bookings import Slot
from shared.time import now
from shared.web.shapes import Shape, columns_shape

api = calls("equipment", "Counted stock. Never more is promised than there is: the database forbids it.")

ItemShown = columns_shape(Item, "Item", ("id", "name", "stock", "place", "note", "lent_alone", "retired"))
ItemGiven = entry_shape(ItemEntry, "ItemGiven", Item)
LENDING = (
    "id",
    "item_id",
    "count",
    "starts_at",
    "ends_at",
    "lent_to",
    "contact",
    "note",
    "given_out_at",
    "returned_at",
)
LendingShown = columns_shape(Reservation, "Lending", LENDING)
LendingGiven = entry_shape(LendingEntry, "LendingGiven", Reservation)


class Between(Shape):
    """A stretch of time [starts_at, ends_at)."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class Until(Shape):
    """Until when it is lent now."""

    ends_at = Instant(required=True)


class FreeShown(Shape):
    """An item, and how many of it are free all that time."""

    item = fields.Nested(ItemShown)
    free = fields.Integer()


@api.get("")
@allowed()
@api.response(200, ItemShown(many=True))
def items(session: Session) -> Any:
    """List the equipment, what is out of use last."""
    return service.list_items(session)


@api.post("")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(ItemGiven)
@api.response(201, ItemShown)
def add(session: Session, entry: ItemEntry) -> Any:
    """Add an item."""
    return service.add_item(session, entry)


@api.put("/<item_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(ItemGiven)
@api.response(200, ItemShown)
def edit(session: Session, entry: ItemEntry, item_id: str) -> Any:
    """Change an item; a stock below what is promised is refused."""
    return service.edit_item(session, item_id, entry)


@api.get("/free")
@allowed()
@api.arguments(Between, location="query")
@api.response(200, FreeShown(many=True))
def free(session: Session, asked: dict[str, Any]) -> Any:
    """Tell how many of each item are free all through a stretch of time."""
    return service.free_items(session, Slot(asked["starts_at"], asked["ends_at"]))


@api.get("/lendings")
@allowed(Right.SEE_PERSONS)
@api.response(200, LendingShown(many=True))
def lendings(session: Session) -> Any:
    """List what is lent, and what is promised to be."""
    return service.lendings_open(session, now())


@api.post("/lendings")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(LendingGiven)
@api.response(201, LendingShown)
def lend(session: Session, entry: LendingEntry) -> Any:
    """Lend some pieces to somebody from now on."""
    return _shown(service.lend(session, entry, now=now(), by=by()))


@api.post("/lendings/<lending_id>/return")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, LendingShown)
def take_back(session: Session, lending_id: str) -> Any:
    """Note that everything is back."""
    return _shown(service.take_back(session, lending_id, now=now(), by=by()))


@api.put("/lendings/<lending_id>/end")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(Until)
@api.response(200, LendingShown)
def prolong(session: Session, said: dict[str, Any], lending_id: str) -> Any:
    """Let somebody keep it longer, if it is free."""
    return _shown(service.prolong(session, lending_id, said["ends_at"]))


def _shown(lending: Reservation) -> dict[str, Any]:
    """Return what this token may see of a lending: to whom only if it may see persons."""
    hidden = () if may(Right.SEE_PERSONS) else ("lent_to", "contact", "note")
    return {name: getattr(lending, name) for name in LENDING if name not in hidden}
