"""What is asked of the opening hours: which rows there are, what is in force, open now or when next.

Rule: who asks whether the house is open takes `hours_in_force`, never the rows alone: the house
may have a rule of public holidays.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.centre import service as centres
from node.opening_hours.models import OpeningHours
from shared.records.holidays import Holiday
from shared.records.opening_hours import (
    PUBLIC_KINDS,
    ClosedOnHolidays,
    Rule,
    Slot,
    closures,
    next_opening,
    open_at,
    open_until,
    period_on,
    slots_on,
)


class Period(NamedTuple):
    """Rows that share their dates; both None is the ordinary week."""

    valid_from: date | None
    valid_until: date | None
    rows: tuple[OpeningHours, ...]


class Day(NamedTuple):
    """What is in force on a date. `is_exception`: a season or exception; `note` is the closure's."""

    day: date
    slots: tuple[Slot, ...]
    is_exception: bool
    note: str


class OpenState(NamedTuple):
    """Whether one may walk in now. `until` is set if open, `opens` is the next time if closed."""

    slot: Slot | None
    until: datetime | None
    opens: Slot | None

    @property
    def changes_at(self) -> datetime | None:
        return self.until or (self.opens.starts_at if self.opens else None)


def list_hours(session: Session) -> list[OpeningHours]:
    """Return all rows, in the order of the week."""
    query = select(OpeningHours).order_by(OpeningHours.weekday, OpeningHours.opens_local, OpeningHours.id)
    return list(session.scalars(query))


def hours_in_force(session: Session, language: str = "de") -> list[Rule]:
    """Return what decides whether the house is open: all rows, and its rule of public holidays if it has one.

    For asking, as `state_at` and `shared.records.opening_hours` do; `list_hours` is for changing.
    """
    rows: list[Rule] = [*list_hours(session)]
    centre = centres.profile(session)
    if centre and centre.closed_on_holidays:
        rows.append(ClosedOnHolidays(centre.region, language))
    return rows


def closures_between(session: Session, first: date, last: date) -> list[Holiday]:
    """Return the closures of all weekdays that touch [first, last] as holidays of the house."""
    return closures(list_hours(session), first, last)


def periods(rows: Iterable[OpeningHours]) -> list[Period]:
    """Return the rows by period: the ordinary week first, then by their dates."""
    found: dict[tuple[date | None, date | None], list[OpeningHours]] = {}
    for row in rows:
        found.setdefault((row.valid_from, row.valid_until), []).append(row)
    listed = [Period(*dates, tuple(of_period)) for dates, of_period in found.items()]
    return sorted(listed, key=lambda period: (period.valid_from or date.min, period.valid_until or date.max))


def days_from(rows: Sequence[Rule], first: date, zone: ZoneInfo, count: int = 7) -> list[Day]:
    """Return what is in force on each of `count` days."""
    days = []
    for ahead in range(count):
        day = first + timedelta(days=ahead)
        in_force = period_on(day, rows)
        slots = tuple(slots_on(day, rows, zone))
        note = "" if slots else next((row.note for row in in_force if row.note and row.closed), "")
        exception = any(row.valid_from and row.valid_until for row in in_force)
        days.append(Day(day, slots, exception, note))
    return days


def state_at(rows: Sequence[Rule], now: datetime, zone: ZoneInfo) -> OpenState:
    """Tell whether one may walk in at `now`, until when, or when next."""
    slot = open_at(now, rows, zone, PUBLIC_KINDS)
    if slot:
        return OpenState(slot, open_until(now, rows, zone, PUBLIC_KINDS), None)
    return OpenState(None, None, next_opening(now, rows, zone, kinds=PUBLIC_KINDS))
