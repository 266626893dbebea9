"""Opening hours: weekly slots by kind, with seasons and exceptions.

Records that share (valid_from, valid_until) form a period. On a date the shortest period
that covers it wins, whole: its slots replace those of longer periods. A period without
dates is the ordinary week. A `closed` record is a slot that says "closed" for its days.

A house that is closed on public holidays has `ClosedOnHolidays` in its list of hours: a rule,
not records. It closes a holiday as a closure of that day would, but what the house has agreed
for this one day wins.
"""

from collections.abc import Collection as Choice
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from marshmallow import fields, validate
from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.errors import Refusal
from shared.records.base import (
    TITLE_LENGTH_MAX,
    Collection,
    Day,
    RecordColumns,
    RecordSchema,
    Side,
    choice,
    text,
    whole,
)
from shared.records.holidays import HOME_REGION, Holiday, HolidayKind, public_holiday
from shared.time import at_local

WALL_TIME = r"^([01]\d|2[0-3]):[0-5]\d\Z"


class HoursKind(StrEnum):
    OPEN = "open"
    CONSULTATION = "consultation"
    SELF_MANAGED = "self_managed"
    BY_APPOINTMENT = "by_appointment"


ALL_KINDS = frozenset(HoursKind)
PUBLIC_KINDS = frozenset({HoursKind.OPEN, HoursKind.CONSULTATION})  # one may walk in


class OpeningHoursColumns(RecordColumns):
    """`weekday` is 0 for Monday; None means every day of the period.

    `closes_local` at or before `opens_local` is on the next day (a house open past midnight).
    """

    __collection__ = "opening_hours"

    kind: Mapped[str] = mapped_column(String(40))
    weekday: Mapped[int | None] = mapped_column(Integer, default=None)
    opens_local: Mapped[str] = mapped_column(String(5), default="00:00")
    closes_local: Mapped[str] = mapped_column(String(5), default="00:00")
    valid_from: Mapped[date | None] = mapped_column(Date, default=None)
    valid_until: Mapped[date | None] = mapped_column(Date, default=None)
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")


class OpeningHoursSchema(RecordSchema):
    kind = choice(HoursKind)
    weekday = whole(0, 6, allow_none=True)
    opens_local = fields.String(required=True, validate=validate.Regexp(WALL_TIME))
    closes_local = fields.String(required=True, validate=validate.Regexp(WALL_TIME))
    valid_from = Day(required=True, allow_none=True)
    valid_until = Day(required=True, allow_none=True)
    closed = fields.Boolean(required=True, truthy={True}, falsy={False})
    note = text(TITLE_LENGTH_MAX)


OPENING_HOURS = Collection(OpeningHoursColumns, OpeningHoursSchema, Side.NODE)


class PeriodBackwards(Refusal):
    """A season or exception that ends before it begins."""


class Hours(Protocol):
    """What the rules read of a record, on either side."""

    kind: str
    weekday: int | None
    opens_local: str
    closes_local: str
    valid_from: date | None
    valid_until: date | None
    closed: bool
    note: str


@dataclass(frozen=True)
class ClosedOnHolidays:
    """The rule of a house that is closed on the public holidays of `region`; names are in `language`."""

    region: str = HOME_REGION
    language: str = "de"

    def closure(self, day: date) -> "HolidayClosure | None":
        """Return the closure of `day` if it is a public holiday."""
        name = public_holiday(day, self.region, self.language)
        return HolidayClosure(day, day, name) if name else None


@dataclass
class HolidayClosure:
    """A day on which the house is closed by `ClosedOnHolidays`; it reads like a record."""

    valid_from: date | None
    valid_until: date | None
    note: str
    kind: str = HoursKind.OPEN
    weekday: int | None = None
    opens_local: str = "00:00"
    closes_local: str = "00:00"
    closed: bool = True


Rule = Hours | ClosedOnHolidays  # what a house has agreed: its records, and perhaps the rule of holidays


class Slot(NamedTuple):
    """A half-open stretch [starts_at, ends_at) in UTC in which the house is open in one way."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    note: str


def refuse_backwards(valid_from: date | None, valid_until: date | None) -> None:
    """Raise PeriodBackwards if the period ends before it begins."""
    if valid_from and valid_until and valid_until < valid_from:
        raise PeriodBackwards


def hours_on(day: date, hours: Iterable[Rule]) -> list[Hours]:
    """Return the records in force on `day`: those of the shortest period that covers it, and of its weekday."""
    return [record for record in period_on(day, hours) if record.weekday in (None, day.weekday())]


def period_on(day: date, hours: Iterable[Rule]) -> list[Hours]:
    """Return the records of the period in force on `day`, those of other weekdays too."""
    covering = list(_covering(day, hours))
    shortest = min(map(_length, covering), default=None)
    return [record for record in covering if _length(record) == shortest]


def slots_on(day: date, hours: Iterable[Rule], zone: ZoneInfo) -> list[Slot]:
    """Return the slots that begin on `day`, in order; none if the house is closed that day."""
    found = hours_on(day, hours)
    if any(record.closed for record in found):
        return []
    slots = []
    for record in found:
        opens, closes = time.fromisoformat(record.opens_local), time.fromisoformat(record.closes_local)
        last_day = day if closes > opens else day + timedelta(days=1)
        slots.append(Slot(at_local(day, opens, zone), at_local(last_day, closes, zone), record.kind, record.note))
    return sorted(slots)


def closed_on(day: date, hours: Iterable[Rule]) -> bool:
    """Tell whether the house is shut on `day` by a closure or a holiday: not only without hours, but closed."""
    return any(record.closed for record in hours_on(day, hours))


def open_at(instant: datetime, hours: Sequence[Rule], zone: ZoneInfo, kinds: Choice[str] = ALL_KINDS) -> Slot | None:
    """Return the slot in which the house is open at `instant` in one of `kinds`, or None.

    Yesterday's slots count too: a house open past midnight is open at one o'clock.
    """
    today = instant.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        for slot in slots_on(day, hours, zone):
            if slot.kind in kinds and slot.starts_at <= instant < slot.ends_at:
                return slot
    return None


def open_until(
    instant: datetime, hours: Sequence[Rule], zone: ZoneInfo, kinds: Choice[str] = ALL_KINDS
) -> datetime | None:
    """Return when the house next closes, None if it is closed at `instant`.

    Slots that meet or overlap are one stretch. A house that never closes within a week is
    said to close after that week.
    """
    ends_at = None
    slot = open_at(instant, hours, zone, kinds)
    while slot and slot.ends_at < instant + timedelta(days=7):
        ends_at = slot.ends_at
        slot = open_at(ends_at, hours, zone, kinds)
    return slot.ends_at if slot else ends_at


def next_opening(
    instant: datetime,
    hours: Sequence[Rule],
    zone: ZoneInfo,
    days: int = 60,
    kinds: Choice[str] = ALL_KINDS,
) -> Slot | None:
    """Return the first slot of one of `kinds` that begins after `instant` within `days` days, or None."""
    today = instant.astimezone(zone).date()
    for ahead in range(days + 1):
        for slot in slots_on(today + timedelta(days=ahead), hours, zone):
            if slot.kind in kinds and slot.starts_at > instant:
                return slot
    return None


def closures(hours: Iterable[Rule], first: date, last: date) -> list[Holiday]:
    """Return the closures of all weekdays that touch [first, last], both included, as holidays of the house."""
    return [
        Holiday(record.note, record.valid_from, record.valid_until, HolidayKind.HOUSE)
        for record in hours
        if not isinstance(record, ClosedOnHolidays) and record.closed and record.weekday is None
        if record.valid_from and record.valid_until and record.valid_from <= last and record.valid_until >= first
    ]


def _covering(day: date, hours: Iterable[Rule]) -> Iterator[Hours]:
    for record in hours:
        if isinstance(record, ClosedOnHolidays):
            closure = record.closure(day)
            if closure:
                yield closure
        elif (record.valid_from or date.min) <= day <= (record.valid_until or date.max):
            yield record


def _length(record: Hours) -> tuple[int, bool]:
    """Return how long a record's period is; a rule of the house yields to what is agreed for that one day."""
    days = ((record.valid_until or date.max) - (record.valid_from or date.min)).days
    return days, isinstance(record, HolidayClosure)
