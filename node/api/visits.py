"""Calls about visits: taps of a counter, the counts of a day, corrections, what is said of a day."""

from datetime import date
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import Shape, columns_shape
from node.core.rights import Right
from node.visits import service
from node.visits.counts import HourKey, counts_of_day
from node.visits.models import HourCount
from shared.records.base import Day, Instant
from shared.records.visits import COUNT_MAX, VISITS, VisitKind
from shared.time import now
from shared.web import zone

api = calls("visits", "Visits, never persons. A tap has an id made where it is counted: sent twice, it counts once.")

CountShown = columns_shape(HourCount, "HourCount", ("id", *VISITS.field_names))


class Taps(Shape):
    """A batch; a malformed tap is refused with its reason and does not hold up the others."""

    taps = fields.List(fields.Raw(), required=True, validate=validate.Length(max=service.BATCH_TAPS_MAX))


class RefusedTap(Shape):
    place = fields.Integer()
    id = fields.String(allow_none=True)
    reason = fields.String()


class Receipt(Shape):
    """`accepted` ids are stored for good; the device may forget them."""

    accepted = fields.List(fields.String())
    refused = fields.List(fields.Nested(RefusedTap))


class OfDay(Shape):
    """Which day, by the clock of the house."""

    day = Day(required=True)


class Correction(Shape):
    """The right count of an hour, and why it is set by hand."""

    hour_starts_at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(VisitKind)))
    target_group = fields.String(load_default="")
    count = fields.Integer(required=True, strict=True, validate=validate.Range(0, COUNT_MAX))
    reason = fields.String(required=True, validate=validate.Length(1, 500))


@api.post("/taps")
@allowed(Right.COUNT)
@api.arguments(Taps)
@api.response(200, Receipt)
def taps(session: Session, said: dict[str, Any]) -> Any:
    """Count taps: {"id", "counted_at", "kind", "target_group", "step"} each."""
    receipt = service.record_taps(session, said["taps"], now())
    return {"accepted": receipt.accepted, "refused": [refused._asdict() for refused in receipt.refused]}


@api.get("/counts")
@allowed(Right.COUNT)
@api.arguments(OfDay, location="query")
@api.response(200, CountShown(many=True))
def counts(session: Session, asked: dict[str, date]) -> Any:
    """List the hour counts of a day, in the order of time."""
    return counts_of_day(session, asked["day"], zone())


@api.post("/corrections")
@allowed(Right.CORRECT_COUNTS)
@api.arguments(Correction)
@api.response(204)
def correct(session: Session, said: dict[str, Any]) -> None:
    """Set the count of an hour; taps that arrive later are added to it."""
    key = HourKey(said["hour_starts_at"], said["kind"], said["target_group"])
    service.correct_count(session, key, said["count"], now(), reason=said["reason"], corrected_by=by())
