"""The dates of a series of bookings: what they have in common, and each as a booking.

Rule: a date is "changed on its own" if it no longer says what its series says; nobody has to tick that.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from node.bookings import service as bookings
from node.bookings.entry import BookingEntry
from node.bookings.models import Booking
from node.bookings.rules import Overruling
from node.equipment import service as equipment
from node.series.keeper import Keeper
from node.series.models import BookingSeries
from node.series.recurrence import Pattern
from node.series.steps import Place, Written
from shared.records.bookings import BookingState, Slot

STANDING = (BookingState.REQUESTED, BookingState.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class SeriesEntry:
    """What is said about a series. `said.slot` is only the first date's; `pattern` has the times."""

    pattern: Pattern
    said: BookingEntry
    skips: tuple[str, ...] = ()


class BookingKeeper(Keeper):
    """Dates that are bookings; `overruling` sets the rules of the house aside for all of them, knowingly."""

    overruling: Overruling | None = None

    def written(self, series: BookingSeries) -> list[Written]:
        pattern, said = series.pattern, {name: getattr(series, name) for name in _ON_BOTH}
        query = select(Booking).where(Booking.series_id == series.id).order_by(Booking.occurrence_on, Booking.id)
        listed = list(self.session.scalars(query))
        along = equipment.with_bookings(self.session, [booking.id for booking in listed])
        usual = _equipment(series)
        return [self._written(booking, pattern, said, along.get(booking.id, {}) == usual) for booking in listed]

    def make(self, series: BookingSeries, day: date, place: Place) -> None:
        said: dict[str, Any] = {"now": self.now, "by": self.by, "overruling": self.overruling}
        booking = bookings.take_booking(self.session, _at(series, place), **said)
        booking.series_id, booking.occurrence_on = series.id, day

    def move(self, series: BookingSeries, written: Written, day: date, place: Place) -> None:
        booking = bookings.get_booking(self.session, written.id)
        entry = replace(_at(series, place), event_id=booking.event_id, block_id=booking.block_id)
        bookings.move_booking(self.session, booking.id, entry, now=self.now, overruling=self.overruling)
        booking.series_id, booking.occurrence_on = series.id, day

    def adopt(self, series: BookingSeries, written: Written, day: date) -> None:
        booking = bookings.get_booking(self.session, written.id)
        booking.series_id, booking.occurrence_on = series.id, day

    def cancel(self, written: Written, reason: str) -> bool:
        bookings.cancel_booking(self.session, written.id, reason, now=self.now, by=self.by)
        return True

    def _written(self, booking: Booking, pattern: Pattern, said: dict[str, Any], same_along: bool) -> Written:
        assert booking.occurrence_on is not None, "a booking of a series knows which date it is"
        slot = Slot(booking.starts_at, booking.ends_at)
        begun = booking.starts_at <= self.now
        same = ("space_id",) if begun else _ON_BOTH  # of the past, names are forgotten at a time of its own
        changed = any(getattr(booking, name) != said[name] for name in same)
        return Written(
            booking.id,
            booking.occurrence_on,
            Place(booking.space_id, slot),
            stands=booking.state in STANDING,
            own=changed or not (same_along or begun) or slot != pattern.slot_on(booking.occurrence_on),
            begun=begun,
            booking_id=booking.id,
        )


_ON_BOTH = (
    "space_id",
    "kind",
    "title",
    "contact_name",
    "contact_phone",
    "contact_email",
    "persons",
    "note",
    "tenant_id",
)  # columns that a booking and its series share; what else a booking says is its own


def said_of(series: BookingSeries, slot: Slot) -> BookingEntry:
    said = {name: getattr(series, name) for name in _ON_BOTH}
    return BookingEntry(slot=slot, fee_class_id=series.fee_class_id, equipment=_equipment(series), **said)


def _equipment(series: BookingSeries) -> dict[str, int]:
    found: dict[str, int] = json.loads(series.equipment or "{}")
    return found


def _at(series: BookingSeries, place: Place) -> BookingEntry:
    return replace(said_of(series, place.slot), space_id=place.space_id or series.space_id or "")


def row_of(entry: SeriesEntry, now: datetime | None, by: str) -> BookingSeries:
    """Return a series that is not in the session yet."""
    said = {name: getattr(entry.said, name) for name in (*_ON_BOTH, "fee_class_id")}
    wanted = {item_id: count for item_id, count in sorted((entry.said.equipment or {}).items()) if count}
    said["equipment"] = json.dumps(wanted) if wanted else ""
    return BookingSeries(pattern=entry.pattern, skips=entry.skips, made_by=by, made_at=now, **said)
