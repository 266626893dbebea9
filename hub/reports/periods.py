"""Months as the city's clocks show them, and where they begin in UTC.

Rule: a month begins at midnight of the city's wall time, so it is 743 or 745 hours long
when the clocks change. Databases only ever see the instants.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.time import at_local

MONTHS_MAX = 60  # five years side by side are as much as a table can show
COLUMNS_MAX = 12  # more columns than that nobody reads across
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    """A month of the calendar; months sort by time."""

    year: int
    number: int

    @classmethod
    def of_number(cls, number: int) -> "Month":
        """Return the month that `202611` stands for in a database."""
        return cls(*divmod(number, 100))

    @property
    def as_number(self) -> int:
        return self.year * 100 + self.number

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def quarter(self) -> int:
        """The quarter of the year, from 1 to 4."""
        return (self.number + 2) // 3

    def plus(self, months: int) -> "Month":
        """Return the month that many months later (or earlier, if negative)."""
        years, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(years, index + 1)

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """Return the instant at which the clocks of `zone` show the month's first midnight."""
        return at_local(self.first_day, time(), zone)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def _step_of(month: Month, step: str) -> tuple[int, ...]:
    """Return what the months of one step have in common."""
    if step == "year":
        return (month.year,)
    return (month.year, month.quarter) if step == "quarter_of_year" else tuple(month)


def month_of(instant: datetime, zone: ZoneInfo) -> Month:
    """Return the month that a calendar on the wall shows at `instant`."""
    local = instant.astimezone(zone)
    return Month(local.year, local.month)


def parse_month(text: str) -> Month | None:
    """Return the month that `2026-11` names, None for any other text."""
    found = _MONTH.fullmatch(text)
    return Month(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Period:
    """The months from `first` to `last`, both within; at most MONTHS_MAX of them."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        assert self.first <= self.last < self.first.plus(MONTHS_MAX), "a period runs forwards and ends"

    @property
    def months(self) -> tuple[Month, ...]:
        length = (self.last.year - self.first.year) * 12 + self.last.number - self.first.number + 1
        return tuple(self.first.plus(ahead) for ahead in range(length))

    @property
    def before(self) -> "Period":
        """Return the period of as many months that ends where this one begins."""
        return Period(self.first.plus(-len(self.months)), self.first.plus(-1))

    @property
    def year_before(self) -> "Period":
        """Return the same months a year earlier."""
        return Period(self.first.plus(-12), self.last.plus(-12))

    def steps(self, step: str) -> tuple[list[Month], list[int]]:
        """Return the months with which each `month`, `quarter_of_year` or `year` of the period begins.

        And for each month of the period in which of these it lies, by index.
        """
        named = [_step_of(month, step) for month in self.months]
        starts = dict(zip(reversed(named), reversed(self.months), strict=True))  # the earliest month wins
        order = {name: index for index, name in enumerate(dict.fromkeys(named))}
        return [starts[name] for name in order], [order[name] for name in named]

    @property
    def usual_step(self) -> str:
        """Return how finely a table shows the period: by month, quarter of the year or year."""
        length = len(self.months)
        return "month" if length <= COLUMNS_MAX else "quarter_of_year" if length <= 3 * COLUMNS_MAX else "year"

    def bounds(self, zone: ZoneInfo) -> Sequence[datetime]:
        """Return where each month begins, and as the last one where the period ends."""
        return [month.starts_at(zone) for month in (*self.months, self.last.plus(1))]

    def ends_at(self, zone: ZoneInfo) -> datetime:
        return self.last.plus(1).starts_at(zone)


def lately(instant: datetime, zone: ZoneInfo, months: int = 3) -> Period:
    """Return the running month and those before it, `months` in all."""
    running = month_of(instant, zone)
    return Period(running.plus(1 - months), running)
