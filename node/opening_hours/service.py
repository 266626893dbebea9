"""Opening hours: kept by the house, read by everyone. `shared.records.opening_hours` has the rules.

Rule: a period is the rows that share their dates; the shortest period that covers a day wins
whole. So an exception must name all hours of its days, not only what is different.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.opening_hours.asking import (
    Day,
    OpenState,
    Period,
    closures_between,
    days_from,
    hours_in_force,
    list_hours,
    periods,
    state_at,
)
from node.opening_hours.models import OpeningHours
from shared.errors import Refusal
from shared.records.opening_hours import HoursKind, refuse_backwards

__all__ = [
    "ClosedAlready",
    "ClosedForGood",
    "Day",
    "HoursEntry",
    "HoursOverlap",
    "HoursUnknown",
    "OpenState",
    "Period",
    "PeriodUnknown",
    "add_hours",
    "close_day",
    "closure_on",
    "closures_between",
    "copy_period",
    "days_from",
    "edit_hours",
    "entry_of",
    "find_period",
    "get_hours",
    "hours_in_force",
    "list_hours",
    "periods",
    "remove_hours",
    "remove_period",
    "state_at",
]
Dates = tuple[date | None, date | None]  # of a period: first and last day, None for without end
_DAY_MIN = 24 * 60


class HoursUnknown(Refusal):
    """There is no row with this id."""


class HoursOverlap(Refusal):
    """The same kind of hours stands there already; `other` is the row that is met."""

    def __init__(self, other: OpeningHours) -> None:
        super().__init__()
        self.other = other


class PeriodUnknown(Refusal):
    """There are no rows with these dates."""


class ClosedAlready(Refusal):
    """A closure stands on that very day."""


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


def copy_period(session: Session, dates: Dates, wanted: Dates) -> list[OpeningHours]:
    """Repeat the hours of a period in another: next year's summer. They are then changed by themselves.

    Raises PeriodUnknown, PeriodBackwards, ClosedForGood, HoursOverlap.
    """
    kept = list_hours(session)
    entries = [replace(entry_of(row), valid_from=wanted[0], valid_until=wanted[1]) for row in _rows_of(kept, dates)]
    for entry in entries:
        _refuse(entry, kept)
    made = [OpeningHours(**asdict(entry)) for entry in entries]
    session.add_all(made)
    return made


def remove_period(session: Session, dates: Dates) -> None:
    """Delete all rows of a period; raise PeriodUnknown."""
    for row in _rows_of(list_hours(session), dates):
        session.delete(row)


def close_day(session: Session, day: date, reason: str, until: date | None = None) -> OpeningHours:
    """Close the house on `day` (until `until`, included). Raises ClosedAlready, PeriodBackwards."""
    dates = (day, until or day)
    refuse_backwards(*dates)
    for row in list_hours(session):
        if row.closed and row.weekday is None and (row.valid_from, row.valid_until) == dates:
            raise ClosedAlready
    made = OpeningHours(**asdict(HoursEntry(valid_from=dates[0], valid_until=dates[1], closed=True, note=reason)))
    session.add(made)
    return made


def closure_on(session: Session, day: date) -> OpeningHours | None:
    """Return the closure of this very day, or None; longer closures are ended by changing their last day."""
    return session.scalar(
        select(OpeningHours)
        .where(OpeningHours.closed, OpeningHours.weekday.is_(None))
        .where(OpeningHours.valid_from == day, OpeningHours.valid_until == day)
        .limit(1)
    )


def entry_of(row: OpeningHours) -> HoursEntry:
    """Return what a row says, as an entry."""
    return HoursEntry(**{field.name: getattr(row, field.name) for field in fields(HoursEntry)})


def find_period(session: Session, dates: Dates) -> Period:
    """Return a period; raise PeriodUnknown."""
    return Period(*dates, tuple(_rows_of(list_hours(session), dates)))


def get_hours(session: Session, row_id: str) -> OpeningHours:
    """Return a row; raise HoursUnknown."""
    row = session.get(OpeningHours, row_id)
    if row is None:
        raise HoursUnknown
    return row


def _rows_of(rows: Iterable[OpeningHours], dates: Dates) -> list[OpeningHours]:
    found = [row for row in rows if (row.valid_from, row.valid_until) == tuple(dates)]
    if not found:
        raise PeriodUnknown
    return found


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
