"""Calls about visits: taps of a counter, the counts of a day, corrections, what is said of a day."""

from datetime import date
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import FIRST_DAY, LAST_DAY, day
from node.core.rights import Right
from node.visits import days, service
from node.visits.counts import HourKey, counts_of_day
from node.visits.models import HourCount, VisitDay
from shared.records.base import Instant
from shared.records.visit_days import VISIT_DAYS
from shared.records.visits import COUNT_MAX, VISITS, VisitKind
from shared.time import now
from shared.web import zone
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("visits", "Visits, never persons. A tap has an id made where it is counted: sent twice, it counts once.")

CountShown = columns_shape(HourCount, "HourCount", ("id", *VISITS.field_names))
DayShown = columns_shape(VisitDay, "VisitDay", ("id", *VISIT_DAYS.field_names))


class Taps(Shape):
    """A batch; a malformed tap is refused with its reason and does not hold up the others."""

    taps = fields.List(fields.Raw(), required=True, validate=validate.Length(max=service.BATCH_TAPS_MAX))


class RefusedTap(Shape):
    place = fields.Integer()
    id = fields.String(allow_none=True)
    reason = fields.String()


class Receipt(Shape):
    """`accepted` ids are stored for good; the device may forget them. `set_aside` came for a locked month."""

    accepted = fields.List(fields.String())
    set_aside = fields.List(fields.String())
    refused = fields.List(fields.Nested(RefusedTap))


class OfDay(Shape):
    """Which day, by the clock of the house."""

    day = day(required=True)


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
    refused = [refused._asdict() for refused in receipt.refused]
    return {"accepted": receipt.accepted, "set_aside": receipt.set_aside, "refused": refused}


@api.get("/counts")
@allowed(Right.COUNT)
@api.arguments(OfDay, location="query")
@api.response(200, CountShown(many=True))
def counts(session: Session, asked: dict[str, date]) -> Any:
    """List the hour counts of a day, in the order of time."""
    return counts_of_day(session, asked["day"], zone())


class StatementGiven(Shape):
    """What somebody says about a day; why it was not counted, if it was not."""

    day = day(required=True)
    statement = fields.String(required=True, validate=validate.OneOf(list(days.Statement)))
    reason = fields.String(load_default="", validate=validate.Length(max=500))


@api.get("/days/<day>")
@allowed(Right.COUNT)
@api.response(200, DayShown)
def state_of_day(session: Session, day: str) -> Any:
    """Tell whether a day was counted, closed or not counted; 404 while the house has not said."""
    found = days.find_day(session, _read_day(day))
    if found is None:
        raise Problem(404, "not_said", "The house has not said yet whether this day was counted.")
    return found


@api.post("/days")
@allowed(Right.CORRECT_COUNTS)
@api.arguments(StatementGiven)
@api.response(200, DayShown)
def say(session: Session, said: dict[str, Any]) -> Any:
    """Say that nobody came, that the house was closed, or that nobody counted."""
    statement = days.Statement(said["statement"])
    return days.say(session, said["day"], statement, by=by(), now=now(), zone=zone(), reason=said["reason"])


@api.post("/corrections")
@allowed(Right.CORRECT_COUNTS)
@api.arguments(Correction)
@api.response(204)
def correct(session: Session, said: dict[str, Any]) -> None:
    """Set the count of an hour; taps that arrive later are added to it."""
    key = HourKey(said["hour_starts_at"], said["kind"], said["target_group"])
    service.correct_count(session, key, said["count"], now(), reason=said["reason"], corrected_by=by())


def _read_day(given: str) -> date:
    try:
        found = date.fromisoformat(given)
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValueError(given)
        return found
    except ValueError as error:
        raise Problem(422, "no_date", "Give the day as 2026-11-23.") from error
