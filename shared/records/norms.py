"""The opening norm: what the city expects of a house, and whether a week lives up to it.

What counts: hours of the kinds open and consultation, for a resident can walk in and somebody
is there. Consultation hours count to both sums. Overlapping hours count once. Self-managed hours
and hours by appointment count to neither, but self-managed ones are access at the weekend, as is
a published event. Hours past midnight belong to the day on which they begin. Everything is
reckoned by the clock on the wall, so the weeks in which the clocks change are no exception.
"""

from collections.abc import Collection as Choice
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from marshmallow import fields
from sqlalchemy import Boolean, Integer
from sqlalchemy.orm import Mapped, mapped_column

from shared.records.base import Collection, RecordColumns, RecordSchema, Side, whole
from shared.records.holidays import Holiday, HolidayKind
from shared.records.opening_hours import (
    PUBLIC_KINDS,
    ClosedOnHolidays,
    HolidayClosure,
    Hours,
    HoursKind,
    Rule,
    Slot,
    period_on,
    slots_on,
)

WEEKEND = (5, 6)
ACCESS_KINDS = PUBLIC_KINDS | {HoursKind.SELF_MANAGED}
_WALL = ZoneInfo("UTC")  # wall times reckoned as they stand: no summer time shortens a night
_CONSULTATION = frozenset({HoursKind.CONSULTATION})
_WEEK_MAX_H = 7 * 24


class NormColumns(RecordColumns):
    """One record for the whole city. `days_aim` is what it hopes for, `days_min` what it expects."""

    __collection__ = "norms"

    days_min: Mapped[int] = mapped_column(Integer, default=5)
    days_aim: Mapped[int] = mapped_column(Integer, default=6)
    hours_min: Mapped[int] = mapped_column(Integer, default=40)
    consultation_hours_min: Mapped[int] = mapped_column(Integer, default=10)
    weekend_expected: Mapped[bool] = mapped_column(Boolean, default=True)


class NormSchema(RecordSchema):
    days_min = whole(0, 7)
    days_aim = whole(0, 7)
    hours_min = whole(0, _WEEK_MAX_H)
    consultation_hours_min = whole(0, _WEEK_MAX_H)
    weekend_expected = fields.Boolean(required=True, truthy={True}, falsy={False})


NORMS = Collection(NormColumns, NormSchema, Side.HUB)


class Norm(NamedTuple):
    """What is expected of a week. The defaults are those of the first city, until its hub says more."""

    days_min: int = 5
    days_aim: int = 6
    hours_min: int = 40
    consultation_hours_min: int = 10
    weekend_expected: bool = True

    @classmethod
    def of(cls, record: NormColumns | None) -> "Norm":
        """Return the norm of a record, the default without one."""
        return cls(*(getattr(record, name) for name in cls._fields)) if record else cls()


class Measure(StrEnum):
    """What the norm looks at."""

    DAYS = "days"
    HOURS = "hours"
    CONSULTATION = "consultation"
    WEEKEND = "weekend"


class Cause(StrEnum):
    """Why a day is open for less time than in the ordinary week."""

    HOLIDAY = "holiday"  # the house is closed on public holidays
    CLOSURE = "closure"  # the house is closed, by a record of its own
    CHANGE = "change"  # other hours: a season or an exception


class Reason(NamedTuple):
    """A day with less than the ordinary week, and why. `during`: holidays that it falls in, '' for none."""

    day: date
    cause: Cause
    name: str
    during: str = ""


class Shortfall(NamedTuple):
    """What a week lacks. Days and hours in their own unit (hours may be fractions); the weekend counts 0 of 1.

    `reasons` is empty where the ordinary week itself has no more.
    """

    measure: Measure
    reached: float
    wanted: int
    reasons: tuple[Reason, ...] = ()


class Week(NamedTuple):
    """What a week has: the weekdays with hours (0 is Monday), and minutes."""

    monday: date
    days: tuple[int, ...]
    open_min: int
    consultation_min: int
    has_weekend: bool


class Verdict(NamedTuple):
    """A week held against the norm."""

    week: Week
    shortfalls: tuple[Shortfall, ...]
    reaches_aim: bool

    @property
    def meets(self) -> bool:
        return not self.shortfalls


def nominal_hours(hours: Iterable[Rule]) -> list[Rule]:
    """Return what the ordinary week is made of: no seasons, exceptions, closures or holidays.

    A change for good ("from September on") is the ordinary week from then on.
    """
    return [
        record
        for record in hours
        if not isinstance(record, ClosedOnHolidays)
        and not record.closed
        and (record.valid_from is None or record.valid_until is None)
    ]


def week_of(monday: date, hours: Sequence[Rule], event_days: Choice[date] = ()) -> Week:
    """Return what the week from `monday` on has. `event_days` are days with a published event."""
    open_min = consultation_min = 0
    days, weekend = [], any(monday + timedelta(days=number) in event_days for number in WEEKEND)
    for number in range(7):
        slots = slots_on(monday + timedelta(days=number), hours, _WALL)
        minutes = _minutes(slots, PUBLIC_KINDS)
        if minutes:
            days.append(number)
        open_min += minutes
        consultation_min += _minutes(slots, _CONSULTATION)
        weekend = weekend or (number in WEEKEND and _minutes(slots, ACCESS_KINDS) > 0)
    return Week(monday, tuple(days), open_min, consultation_min, weekend)


def judge_nominal(norm: Norm, monday: date, hours: Sequence[Rule]) -> Verdict:
    """Hold the ordinary week, as it is agreed at `monday`, against the norm."""
    return _judge(norm, week_of(monday, nominal_hours(hours)), ())


def judge_week(
    norm: Norm,
    monday: date,
    hours: Sequence[Rule],
    holidays: Sequence[Holiday] = (),
    event_days: Choice[date] = (),
) -> Verdict:
    """Hold the real week from `monday` on against the norm, with the reason for each shortfall."""
    week = week_of(monday, hours, event_days)
    return _judge(norm, week, tuple(_less(monday, hours, holidays)))


def judge(norm: Norm, week: Week) -> Verdict:
    """Hold a week that was reckoned before against the norm; why it falls short, `judge_week` knows."""
    return _judge(norm, week, ())


def _judge(norm: Norm, week: Week, reasons: Sequence["_Less"]) -> Verdict:
    looked_at: tuple[tuple[Measure, float, int], ...] = (
        (Measure.DAYS, len(week.days), norm.days_min),
        (Measure.HOURS, week.open_min / 60, norm.hours_min),
        (Measure.CONSULTATION, week.consultation_min / 60, norm.consultation_hours_min),
        (Measure.WEEKEND, int(week.has_weekend), int(norm.weekend_expected)),
    )
    short = tuple(
        Shortfall(measure, reached, wanted, tuple(less.reason for less in reasons if measure in less.measures))
        for measure, reached, wanted in looked_at
        if reached < wanted
    )
    return Verdict(week, short, not short and len(week.days) >= norm.days_aim)


class _Less(NamedTuple):
    """A day that has less than the ordinary week, and of what."""

    reason: Reason
    measures: frozenset[Measure]


def _less(monday: date, hours: Sequence[Rule], holidays: Sequence[Holiday]) -> Iterator[_Less]:
    """Yield the days of a week that have less than the ordinary one has."""
    nominal = nominal_hours(hours)
    for number in range(7):
        day = monday + timedelta(days=number)
        measures = _lost(day, slots_on(day, nominal, _WALL), slots_on(day, hours, _WALL))
        if measures:
            yield _Less(_reason(day, period_on(day, hours), holidays), measures)


def _lost(day: date, usual: Sequence[Slot], real: Sequence[Slot]) -> frozenset[Measure]:
    """Return what a day adds to in the ordinary week, but not, or less, in this one."""
    lost = set()
    if _minutes(real, PUBLIC_KINDS) < _minutes(usual, PUBLIC_KINDS):
        lost.add(Measure.HOURS)
        if not _minutes(real, PUBLIC_KINDS):
            lost.add(Measure.DAYS)
    if _minutes(real, _CONSULTATION) < _minutes(usual, _CONSULTATION):
        lost.add(Measure.CONSULTATION)
    if day.weekday() in WEEKEND and _minutes(usual, ACCESS_KINDS) and not _minutes(real, ACCESS_KINDS):
        lost.add(Measure.WEEKEND)
    return frozenset(lost)


def _reason(day: date, period: Sequence[Hours], holidays: Sequence[Holiday]) -> Reason:
    """Say why: the holiday, the closure's note, the season's; and the school holidays that the day falls in."""
    during = next((holiday.name for holiday in holidays if holiday.covers(day) and not _is_public(holiday)), "")
    public = next((holiday.name for holiday in holidays if holiday.covers(day) and _is_public(holiday)), "")
    closure = next((record for record in period if record.closed), None)
    if isinstance(closure, HolidayClosure):
        return Reason(day, Cause.HOLIDAY, closure.note, during)
    if closure:
        return Reason(day, Cause.CLOSURE, closure.note or public, during)
    return Reason(day, Cause.CHANGE, next((record.note for record in period if record.note), "") or public, during)


def _is_public(holiday: Holiday) -> bool:
    return holiday.kind == HolidayKind.PUBLIC


def _minutes(slots: Iterable[Slot], kinds: Choice[str]) -> int:
    """Return how long one of `kinds` is there; where slots overlap, the time counts once."""
    counted, reached = timedelta(), None
    for slot in sorted(slot for slot in slots if slot.kind in kinds):
        starts_at = slot.starts_at if reached is None else max(slot.starts_at, reached)
        if slot.ends_at > starts_at:
            counted += slot.ends_at - starts_at
            reached = slot.ends_at
    return int(counted.total_seconds()) // 60
