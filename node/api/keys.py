"""Calls about keys: who has which, giving out, taking back; and about opening and closing."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import entry_shape
from node.core.rights import Right
from node.keys import service
from node.keys.models import KeyHandover, KeyRing, Opening
from node.keys.service import HandoverEntry, KeyRingEntry
from shared.records.base import Instant
from shared.time import now
from shared.web.shapes import Shape, columns_shape

api = calls("keys", "Keys of the house. A copy cannot be given out twice: the database forbids it.")

KeyShown = columns_shape(KeyRing, "Key", ("id", "label", "opens", "copies", "note", "in_use"))
KeyGiven = entry_shape(KeyRingEntry, "KeyGiven", KeyRing)
HANDOVER = (
    "id",
    "key_id",
    "copy_number",
    "booking_id",
    "holder_name",
    "holder_phone",
    "given_at",
    "due_at",
    "returned_at",
)
HandoverShown = columns_shape(KeyHandover, "Handover", HANDOVER)
HandoverGiven = entry_shape(HandoverEntry, "HandoverGiven", KeyHandover, without=("tenant_id",))
OPENING = ("booking_id", "opened_at", "opened_by", "closed_at", "closed_by", "in_order", "note")
OpeningShown = columns_shape(Opening, "Opening", OPENING)


class RingShown(Shape):
    """A key, and the numbers of its copies that are in the house."""

    key = fields.Nested(KeyShown)
    free = fields.List(fields.Integer())


class OpenedGiven(Shape):
    """When a group opened."""

    at = Instant(required=True)


class ClosedGiven(OpenedGiven):
    """When a group closed, and how it left the house."""

    in_order = fields.Boolean(load_default=True)
    note = fields.String(load_default="", validate=validate.Length(max=500))


@api.get("")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, RingShown(many=True))
def keys(session: Session) -> Any:
    """List the keys in use, with the copies that are in the house."""
    return service.list_rings(session)


@api.post("")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(KeyGiven)
@api.response(201, KeyShown)
def add(session: Session, entry: KeyRingEntry) -> Any:
    """Add a key."""
    return service.add_key(session, entry)


@api.put("/<key_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(KeyGiven)
@api.response(200, KeyShown)
def edit(session: Session, entry: KeyRingEntry, key_id: str) -> Any:
    """Change a key; fewer copies than are out are refused."""
    return service.edit_key(session, key_id, entry)


@api.get("/out")
@allowed(Right.SEE_PERSONS)
@api.response(200, HandoverShown(many=True))
def out(session: Session) -> Any:
    """List who has which key, what is due first."""
    return service.out_now(session)


@api.post("/<key_id>/handovers")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(HandoverGiven)
@api.response(201, HandoverShown)
def hand_out(session: Session, entry: HandoverEntry, key_id: str) -> Any:
    """Give out a copy of a key."""
    return service.hand_out(session, key_id, entry, now=now(), by=by())


@api.post("/handovers/<handover_id>/return")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, HandoverShown)
def take_back(session: Session, handover_id: str) -> Any:
    """Note that a key is back."""
    return service.take_back(session, handover_id, now=now(), to=by())


@api.post("/openings/<booking_id>/opened")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(OpenedGiven)
@api.response(200, OpeningShown)
def opened(session: Session, said: dict[str, Any], booking_id: str) -> Any:
    """Note that a group opened the house by itself."""
    return service.note_opened(session, booking_id, at=said["at"], by=by())


@api.post("/openings/<booking_id>/closed")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(ClosedGiven)
@api.response(200, OpeningShown)
def closed(session: Session, said: dict[str, Any], booking_id: str) -> Any:
    """Note that a group closed the house, and how it left it."""
    return service.note_closed(
        session, booking_id, at=said["at"], by=by(), in_order=said["in_order"], note=said["note"]
    )
