"""Calls about series of bookings: every date before it is booked, then all of them, and what is missing."""

from datetime import date, datetime
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from node.api.desk import allowed, by, calls
from node.api.shapes import Said, day, entry_shape
from node.bookings import series as service
from node.bookings.entry import BookingEntry
from node.bookings.models import Booking
from node.bookings.series import SeriesEntry
from node.core.rights import Right
from node.series.keeping import Line
from node.series.models import BookingSeries
from node.series.recurrence import Pattern
from node.series.rule import read
from node.series.steps import Step, Wish
from shared.records.base import Day, Instant
from shared.records.bookings import BookingSchema
from shared.records.holidays import HolidayKind
from shared.time import now
from shared.web import zone
from shared.web.shapes import Shape, columns_shape

api = calls("series", "Series of bookings by a rule of RFC 5545, in the wall time of the house.")

SERIES = (
    "id",
    "title",
    "rule",
    "zone",
    "first_day",
    "starts_local",
    "length_min",
    "space_id",
    "made_at",
    "cancelled_at",
)
SeriesShown = columns_shape(BookingSeries, "Series", SERIES)
_Said = entry_shape(BookingEntry, "SeriesSaid", Booking, BookingSchema, without=("event_id", "tenant_id", "block_id"))


class SeriesGiven(Shape):
    """`rule` like `FREQ=WEEKLY;UNTIL=20270630`; `first` is what is booked on the first date."""

    rule = fields.String(required=True, validate=validate.Length(1, 2000))
    first = fields.Nested(_Said, required=True)
    skips = fields.List(fields.String(validate=validate.OneOf(list(HolidayKind))), load_default=[])


class StepShown(Shape):
    """What would become of a date: its action, its time, why not if so."""

    day = Day()
    action = fields.String()
    reason = fields.String(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)


class DateShown(Shape):
    """A date of a series: the booking that stands, or why there is none."""

    day = Day()
    booking_id = fields.String(allow_none=True)
    stands = fields.Boolean()
    reason = fields.String(allow_none=True)


class Began(Shape):
    """The series that was written, and how many dates are booked and how many failed."""

    series = fields.Nested(SeriesShown)
    made = fields.Integer()
    missing = fields.List(fields.Nested(DateShown))


class EndGiven(Said):
    """From which day on, and why; without a day all coming dates."""

    from_day = day(load_default=None, allow_none=True)


@api.post("/preview")
@allowed(Right.TAKE_BOOKINGS)
@api.arguments(SeriesGiven)
@api.response(200, StepShown(many=True))
def preview(session: Session, said: dict[str, Any]) -> Any:
    """Show what would become of each date; nothing is written."""
    return [_step(step) for step in service.look_at_new(session, _entry(said))]


@api.post("")
@allowed(Right.DECIDE_BOOKINGS)
@api.arguments(SeriesGiven)
@api.response(201, Began)
def begin(session: Session, said: dict[str, Any]) -> Any:
    """Book every date that is free; those that are not are kept with their reason, and can be tried again."""
    nothing_wished: dict[date, Wish] = {}
    series, outcome = service.begin_series(session, _entry(said), nothing_wished, now=now(), by=by())
    missing = [_date(line) for line in service.dates_of(session, series, now=now()) if line.omission is not None]
    return {"series": series, "made": outcome.made, "missing": missing}


@api.get("/<series_id>")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, SeriesShown)
def series(session: Session, series_id: str) -> Any:
    """Show a series."""
    return service.get_series(session, series_id)


@api.get("/<series_id>/dates")
@allowed(Right.TAKE_BOOKINGS)
@api.response(200, DateShown(many=True))
def dates(session: Session, series_id: str) -> Any:
    """List every date, those that are missing among them."""
    found = service.get_series(session, series_id)
    return [_date(line) for line in service.dates_of(session, found, now=now())]


@api.post("/<series_id>/cancellation")
@allowed(Right.DECIDE_BOOKINGS)
@api.arguments(EndGiven)
@api.response(200, SeriesShown)
def cancel(session: Session, said: dict[str, Any], series_id: str) -> Any:
    """Cancel the coming dates; what is past stays as it was."""
    found = service.get_series(session, series_id)
    service.cancel_series(session, found, said["from_day"], said["reason"], now=now(), by=by())
    return found


def _entry(said: dict[str, Any]) -> SeriesEntry:
    first: BookingEntry = said["first"]
    starts, ends = (_wall(instant) for instant in first.slot)
    pattern = Pattern(read(said["rule"], zone()), starts, ends, zone())
    return SeriesEntry(pattern=pattern, said=first, skips=tuple(said["skips"]))


def _wall(instant: datetime) -> datetime:
    return instant.astimezone(zone()).replace(tzinfo=None)


def _step(step: Step) -> dict[str, Any]:
    slot = step.place.slot if step.place else None
    times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at} if slot else {}
    return {"day": step.day, "action": step.action, "reason": step.reason, **times}


def _date(line: Line) -> dict[str, Any]:
    written, omission = line.written, line.omission
    return {
        "day": line.day,
        "booking_id": written.booking_id if written else None,
        "stands": bool(written and written.stands),
        "reason": omission.reason if omission else None,
    }
