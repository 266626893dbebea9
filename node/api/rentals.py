"""Calls about renting: fee classes, what is agreed for a booking, its deposit."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import entry_shape
from node.core.rights import Right
from node.rentals import service
from node.rentals.models import FeeClass, Rental
from node.rentals.service import FeeClassEntry
from shared.time import now
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("rentals", "Fee classes, and fee and deposit of a booking, in cents.")

FEES = (
    "id",
    "key",
    "name",
    "meant_for",
    "hour_cents",
    "half_day_cents",
    "day_cents",
    "deposit_cents",
    "rank",
    "offered",
)
FeeClassShown = columns_shape(FeeClass, "FeeClass", FEES)
FeeClassGiven = entry_shape(FeeClassEntry, "FeeClassGiven", FeeClass)
RENTAL = ("booking_id", "fee_class_id", "price_cents", "deposit_cents", "deposit_taken_at", "deposit_returned_at")
RentalShown = columns_shape(Rental, "Rental", RENTAL)


class TakenGiven(Shape):
    """How much was paid; null is what was agreed."""

    cents = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 1_000_000))


class ReturnedGiven(Shape):
    """Why not all of it was given back, if so."""

    note = fields.String(load_default="", validate=validate.Length(max=500))


@api.get("/fee-classes")
@allowed()
@api.response(200, FeeClassShown(many=True))
def fee_classes(session: Session) -> Any:
    """List the fee classes that are offered."""
    return service.list_fee_classes(session)


@api.post("/fee-classes")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(FeeClassGiven)
@api.response(201, FeeClassShown)
def add(session: Session, entry: FeeClassEntry) -> Any:
    """Add a fee class."""
    return service.add_fee_class(session, entry)


@api.put("/fee-classes/<fee_class_id>")
@allowed(Right.ARRANGE_HOUSE)
@api.arguments(FeeClassGiven)
@api.response(200, FeeClassShown)
def edit(session: Session, entry: FeeClassEntry, fee_class_id: str) -> Any:
    """Change a fee class; prices that are agreed already stay."""
    return service.edit_fee_class(session, fee_class_id, entry)


@api.get("/<booking_id>")
@allowed(Right.DECIDE_BOOKINGS)
@api.response(200, RentalShown)
def rental(session: Session, booking_id: str) -> Any:
    """Show fee and deposit of a booking."""
    found = service.find_rental(session, booking_id)
    if found is None:
        raise Problem(404, "nothing_agreed", "No fee is agreed for this booking.")
    return found


@api.post("/<booking_id>/deposit")
@allowed(Right.DECIDE_BOOKINGS)
@api.arguments(TakenGiven)
@api.response(200, RentalShown)
def take_deposit(session: Session, said: dict[str, int | None], booking_id: str) -> Any:
    """Note that the deposit was paid."""
    return service.take_deposit(session, booking_id, said["cents"], now=now(), by=by())


@api.post("/<booking_id>/deposit/return")
@allowed(Right.DECIDE_BOOKINGS)
@api.arguments(ReturnedGiven)
@api.response(200, RentalShown)
def return_deposit(session: Session, said: dict[str, str], booking_id: str) -> Any:
    """Note that the deposit was given back."""
    return service.return_deposit(session, booking_id, said["note"], now=now(), by=by())
