"""The hours in which a guest space is free: a school that is empty and heated in the evening.

Rule: rows add up. A guest space is free wherever one of its rows says so; where no row says
so it is not. A row ends the next day if it closes at or before it opens; stretches that meet
or overlap are one, so a night may be booked across midnight.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from marshmallow import fields, validate
from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId
from shared.records.base import Collection, Day, RecordColumns, RecordSchema, Side, record_link, whole
from shared.records.bookings import BOOKING_LENGTH_MAX, Slot
from shared.records.opening_hours import WALL_TIME
from shared.time import at_local

DAYS_AHEAD = 60  # a school's hours are agreed for a term; whoever asks further ahead asks the house


class SpaceHoursColumns(RecordColumns):
    """`weekday` is 0 for Monday, None means every day; times are wall times of the house."""

    __collection__ = "space_hours"

    space_id: Mapped[str] = mapped_column(RecordId, index=True)
    weekday: Mapped[int | None] = mapped_column(Integer, default=None)
    opens_local: Mapped[str] = mapped_column(String(5))
    closes_local: Mapped[str] = mapped_column(String(5))
    valid_from: Mapped[date | None] = mapped_column(Date, default=None)
    valid_until: Mapped[date | None] = mapped_column(Date, default=None)


class SpaceHoursSchema(RecordSchema):
    space_id = record_link()
    weekday = whole(0, 6, allow_none=True)
    opens_local = fields.String(required=True, validate=validate.Regexp(WALL_TIME))
    closes_local = fields.String(required=True, validate=validate.Regexp(WALL_TIME))
    valid_from = Day(required=True, allow_none=True)
    valid_until = Day(required=True, allow_none=True)


SPACE_HOURS = Collection(SpaceHoursColumns, SpaceHoursSchema, Side.NODE)


class GuestHours(Protocol):
    """What the rules read of a row, on either side."""

    weekday: int | None
    opens_local: str
    closes_local: str
    valid_from: date | None
    valid_until: date | None


def free_between(first: date, last: date, hours: Iterable[GuestHours], zone: ZoneInfo) -> tuple[Slot, ...]:
    """Return the free stretches that begin from `first` to `last`, in order, joined where they meet."""
    listed = tuple(hours)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return _joined(slot for day in days for slot in _slots_on(day, listed, zone))


def free_around(slot: Slot, hours: Iterable[GuestHours], zone: ZoneInfo) -> tuple[Slot, ...]:
    """Return the free stretches that `slot` meets, and those of the days on which it begins and ends.

    One who wants the evening learns of the afternoon. Nothing is free around a slot that is
    longer than any booking.
    """
    if slot.ends_at - slot.starts_at > BOOKING_LENGTH_MAX:
        return ()
    first, last = (instant.astimezone(zone).date() for instant in slot)
    found = free_between(first - timedelta(days=1), last, hours, zone)  # last night's row may reach into today
    begins = at_local(first, time(), zone)
    return tuple(stretch for stretch in found if stretch.ends_at > begins)


def next_free(after: datetime, hours: Sequence[GuestHours], zone: ZoneInfo) -> Slot | None:
    """Return the first free stretch that begins after `after` within DAYS_AHEAD days, or None."""
    first = after.astimezone(zone).date()
    if not hours:
        return None
    found = free_between(first - timedelta(days=1), first + timedelta(days=DAYS_AHEAD), hours, zone)
    return next((stretch for stretch in found if stretch.starts_at > after), None)


def _slots_on(day: date, hours: Iterable[GuestHours], zone: ZoneInfo) -> Iterator[Slot]:
    """Yield the free stretches that begin on `day`; a row that the change of the clocks swallows is none."""
    for row in hours:
        if row.weekday in (None, day.weekday()) and _is_valid(row, day):
            opens, closes = time.fromisoformat(row.opens_local), time.fromisoformat(row.closes_local)
            last = day if closes > opens else day + timedelta(days=1)
            slot = Slot(at_local(day, opens, zone), at_local(last, closes, zone))
            if slot.starts_at < slot.ends_at:
                yield slot


def _is_valid(row: GuestHours, day: date) -> bool:
    return (row.valid_from or date.min) <= day <= (row.valid_until or date.max)


def _joined(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    joined: list[Slot] = []
    for slot in sorted(slots):
        if joined and slot.starts_at <= joined[-1].ends_at:
            joined[-1] = Slot(joined[-1].starts_at, max(joined[-1].ends_at, slot.ends_at))
        else:
            joined.append(slot)
    return tuple(joined)
