"""Opening hours: kept by the house, read by everyone. `shared.records.opening_hours` has the rules.

Rule: a period is the rows that share their dates; the shortest period that covers a day wins
whole. So an exception must name all hours of its days, not only what is different.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.centre import service as centres
from node.opening_hours.models import OpeningHours
from shared.errors import Refusal
from shared.records.holidays import Holiday, HolidayKind
from shared.records.opening_hours import (
    PUBLIC_KINDS,
    ClosedOnHolidays,
    HoursKind,
    Rule,
    Slot,
    hours_on,
    next_opening,
    open_at,
    open_until,
    refuse_backwards,
    slots_on,
)

_DAY_MIN = 24 * 60


class HoursUnknown(Refusal):
    """There is no row with this id."""


class HoursOverlap(Refusal):
    """The same kind of hours stands there already; `other` is the row that is met."""

    def __init__(self, other: OpeningHours) -> None:
        super().__init__()
        self.other = other


class ClosedForGood(Refusal):
    """A closure without dates: the ordinary week is closed by having no hours."""


@dataclass(frozen=True, kw_only=True)
class HoursEntry:
    """A row. `weekday` 0 is Monday, None every day of the period; closing at or before opening is next day."""

    kind: str = HoursKind.OPEN
    weekday: int | None = None
    opens_local: str = "00:00"
    closes_local: str = "00:00"
    valid_from: date | None = None
    valid_until: date | None = None
    closed: bool = False
    note: str = ""


class Period(NamedTuple):
    """Rows that share their dates; both None is the ordinary week."""

    valid_from: date | None
    valid_until: date | None
    rows: tuple[OpeningHours, ...]


class Day(NamedTuple):
    """What is in force on a date. `is_exception`: not the ordinary week; `note` is the closure's."""

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


def add_hours(session: Session, entry: HoursEntry, weekdays: Sequence[int] = ()) -> list[OpeningHours]:
    """Add a row for each of `weekdays` (none: one row with the entry's own).

    Raises PeriodBackwards, ClosedForGood, HoursOverlap; then nothing is added.
    """
    entries = [replace(entry, weekday=day) for day in weekdays] or [entry]
    kept = list_hours(session)
    made = []
    for one in entries:
        _refuse(one, kept)
        row = OpeningHours(**asdict(one))
        made.append(row)
        kept.append(row)
    session.add_all(made)
    return made


def edit_hours(session: Session, row_id: str, entry: HoursEntry) -> OpeningHours:
    """Change a row. Raises HoursUnknown, PeriodBackwards, ClosedForGood, HoursOverlap."""
    row = get_hours(session, row_id)
    _refuse(entry, [other for other in list_hours(session) if other.id != row_id])
    for name, value in asdict(entry).items():
        setattr(row, name, value)
    return row


def remove_hours(session: Session, row_id: str) -> None:
    """Delete a row; raise HoursUnknown."""
    session.delete(get_hours(session, row_id))


def get_hours(session: Session, row_id: str) -> OpeningHours:
    """Return a row; raise HoursUnknown."""
    row = session.get(OpeningHours, row_id)
    if row is None:
        raise HoursUnknown
    return row


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
    query = select(OpeningHours).where(
        OpeningHours.closed,
        OpeningHours.weekday.is_(None),
        OpeningHours.valid_from <= last,
        OpeningHours.valid_until >= first,
    )
    return [
        Holiday(row.note, row.valid_from, row.valid_until, HolidayKind.HOUSE)
        for row in session.scalars(query)
        if row.valid_from and row.valid_until
    ]


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
        in_force = hours_on(day, rows)
        note = next((row.note for row in in_force if row.note and row.closed), "")
        exception = any(row.valid_from or row.valid_until for row in in_force)
        days.append(Day(day, tuple(slots_on(day, rows, zone)), exception, note))
    return days


def state_at(rows: Sequence[Rule], now: datetime, zone: ZoneInfo) -> OpenState:
    """Tell whether one may walk in at `now`, until when, or when next."""
    slot = open_at(now, rows, zone, PUBLIC_KINDS)
    if slot:
        return OpenState(slot, open_until(now, rows, zone, PUBLIC_KINDS), None)
    return OpenState(None, None, next_opening(now, rows, zone, kinds=PUBLIC_KINDS))


def _refuse(entry: HoursEntry, kept: Iterable[OpeningHours]) -> None:
    refuse_backwards(entry.valid_from, entry.valid_until)
    if entry.closed:
        if entry.valid_from is None or entry.valid_until is None:
            raise ClosedForGood
        return
    for other in kept:
        if _shares_days(entry, other) and _meets(entry, other):
            raise HoursOverlap(other)


def _shares_days(entry: HoursEntry, other: OpeningHours) -> bool:
    """Whether both rows speak of the same kind on a common day of one period."""
    same_period = (entry.valid_from, entry.valid_until) == (other.valid_from, other.valid_until)
    same_day = None in (entry.weekday, other.weekday) or entry.weekday == other.weekday
    return not other.closed and same_period and same_day and entry.kind == other.kind


def _meets(entry: HoursEntry, other: OpeningHours) -> bool:
    opens, closes = _minutes(entry.opens_local, entry.closes_local)
    other_opens, other_closes = _minutes(other.opens_local, other.closes_local)
    return opens < other_closes and other_opens < closes


def _minutes(opens_local: str, closes_local: str) -> tuple[int, int]:
    opens, closes = (
        wall.hour * 60 + wall.minute for wall in (time.fromisoformat(opens_local), time.fromisoformat(closes_local))
    )
    return opens, closes if closes > opens else closes + _DAY_MIN
