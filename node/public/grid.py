"""A week or a month of the programme as a table. Pure: rows in, days out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEK = 7
YEARS_AROUND = 10


@dataclass(frozen=True)
class Cell:
    """A day. `rows` are the events that begin on it or go on from before, in their order."""

    date: date
    is_inside: bool
    is_today: bool
    rows: tuple[tuple[Any, bool], ...]  # (row, whether it began before)


def monday_of(text: str | None, today: date) -> date:
    """Return the Monday of the week of the date in an address; nonsense and far years are this week."""
    day = _near(text or "", today) or today
    return day - timedelta(days=day.weekday())


def month_of(text: str | None, today: date) -> date:
    """Return the first day of the month `2026-11`; nonsense and far years are this month."""
    day = _near(f"{text}-01", today) or today
    return day.replace(day=1)


def after(first: date) -> date:
    """Return the first day of the month after `first`."""
    return (first + timedelta(days=31)).replace(day=1)


def before(first: date) -> date:
    """Return the first day of the month before `first`."""
    return (first - timedelta(days=1)).replace(day=1)


def days_of_month(first: date) -> tuple[date, date]:
    """Return the first and the last day of the whole weeks that a month touches."""
    last = after(first) - timedelta(days=1)
    return first - timedelta(days=first.weekday()), last + timedelta(days=WEEK - 1 - last.weekday())


def weeks(
    days: tuple[date, date], rows: Iterable[Any], today: date, zone: ZoneInfo, month: date | None = None
) -> list[list[Cell]]:
    """Return the cells from the first to the last of `days`, in weeks; `month` tells which days are inside."""
    first, last = days
    listed = [(row.starts_at.astimezone(zone).date(), _last_day(row, zone), row) for row in rows]
    cells = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        of_day = tuple((row, begins < day) for begins, ends, row in listed if begins <= day <= ends)
        cells.append(Cell(day, month is None or day.month == month.month, day == today, _old_first(of_day)))
    return [cells[at : at + WEEK] for at in range(0, len(cells), WEEK)]


def _old_first(rows: Sequence[tuple[Any, bool]]) -> tuple[tuple[Any, bool], ...]:
    return tuple(sorted(rows, key=lambda row: not row[1]))


def _last_day(row: Any, zone: ZoneInfo) -> date:
    """Return the last day of an event; what ends at night, before six, is of the day before."""
    begins: date = row.starts_at.astimezone(zone).date()
    ends = row.ends_at.astimezone(zone)
    last: date = (ends - timedelta(hours=6)).date()
    return max(begins, last)


def _near(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if abs(day.year - today.year) <= YEARS_AROUND else None
