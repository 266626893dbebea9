"""A month as a table of weeks. Pure: rows in, days out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ROOM_PER_DAY = 4  # lines: four events, or three and how many more there are
DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Entry:
    """An event in a day; `goes_on` tells that it began before."""

    event: Any
    goes_on: bool


@dataclass(frozen=True)
class Day:
    """A cell: `first` are the events it has room for, `more` is how many it has not."""

    date: date
    in_month: bool
    is_today: bool
    number: int
    first: tuple[Entry, ...]
    more: int


def month_of(text: str | None, today: date) -> date:
    """Return the first day of the month `2026-11`; nonsense and far years are today's month."""
    try:
        year, month = (text or "").split("-")
        first = date(int(year), int(month), 1)
    except (ValueError, OverflowError):
        first = today.replace(day=1)
    return first if abs(first.year - today.year) <= 10 else today.replace(day=1)


def next_month(first: date) -> date:
    """Return the first day of the month after `first`."""
    return (first + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """Return the first day of the month before `first`."""
    return (first - timedelta(days=1)).replace(day=1)


def days_shown(first: date) -> list[date]:
    """Return the days of the whole weeks, Monday to Sunday, that the month touches."""
    begins = first - timedelta(days=first.weekday())
    last = next_month(first) - timedelta(days=1)
    ends = last + timedelta(days=DAYS_OF_WEEK - 1 - last.weekday())
    return [begins + timedelta(days=number) for number in range((ends - begins).days + 1)]


def weeks(
    first: date,
    found: Mapping[date, tuple[int, Sequence[Any]]],
    lasting: Sequence[Any],
    today: date,
    zone: ZoneInfo,
) -> list[list[Day]]:
    """Return the weeks of the month from what `queries.by_day` and `queries.lasting` found.

    An event of several days stands in each of its days, after the first one before all else.
    """
    days = []
    for day, (starting, rows) in sorted(found.items()):
        going_on = [Entry(row, goes_on=True) for row in lasting if goes_on(row, day, zone)]
        entries = [*going_on, *(Entry(row, goes_on=False) for row in rows)]
        number = starting + len(going_on)
        first_ones = tuple(entries if number <= ROOM_PER_DAY else entries[: ROOM_PER_DAY - 1])
        shown_in = (day.year, day.month) == (first.year, first.month)
        days.append(Day(day, shown_in, day == today, number, first_ones, number - len(first_ones)))
    return [days[at : at + DAYS_OF_WEEK] for at in range(0, len(days), DAYS_OF_WEEK)]


def goes_on(row: Any, day: date, zone: ZoneInfo) -> bool:
    """Whether an event that began on an earlier day is still on; one that ends at midnight is over."""
    last_moment = row.ends_at - timedelta(seconds=1)
    return bool(row.starts_at.astimezone(zone).date() < day <= last_moment.astimezone(zone).date())
