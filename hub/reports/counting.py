"""How completely visits were counted: zero, closed and not counted are three different things.

How a day is read stands in `shared.records.visit_days`. Of a month, the days that are over are
expected of every centre that said something about one of its days: a house writes the records of
all days by itself once it counts. A house that is silent because its link is down is named by the
standings instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.reports import queries
from hub.reports.facts import PARTLY
from hub.reports.measures import TIME_WAYS
from hub.reports.periods import Period
from hub.reports.queries import Scope
from shared.records.visit_days import DayState

STATES = (DayState.COUNTED, PARTLY, DayState.CLOSED, DayState.NOT_COUNTED)
KNOWN = (DayState.COUNTED, DayState.CLOSED)


@dataclass(frozen=True)
class Counting:
    """Days of all centres together. What is neither of the four states has not been said yet."""

    centres: int  # that count visits, in the month in which most do
    days: Mapping[str, int]
    expected: int
    incomplete_months: frozenset[int]  # by index in the period

    @property
    def unsaid(self) -> int:
        return max(0, self.expected - sum(self.days.values()))

    @property
    def is_complete(self) -> bool:
        """Whether the sum of all visits is exact; otherwise it is "at least"."""
        return not self.incomplete_months


def counting(session: Session, scope: Scope, now: datetime, zone: ZoneInfo) -> Counting:
    """Return how the centres of the scope counted on the days of the period that are over."""
    over = days_over(scope.period, now.astimezone(zone).date())
    centres = [0] * len(over)
    for found in queries.centres_by_month(session, "days", "", scope):
        centres[found.month] += found.amount
    known = [0] * len(over)
    for found in queries.sums(session, ("days",), "", scope, keys=KNOWN):
        known[found.month] += found.amount
    states = queries.sums(session, ("days",), "state", scope, by_month=False)
    expected = [days * houses for days, houses in zip(over, centres, strict=True)]
    return Counting(
        centres=max(centres, default=0),
        days={state: sum(found.amount for found in states if found.key == state) for state in STATES},
        expected=sum(expected),
        incomplete_months=frozenset(index for index, days in enumerate(expected) if known[index] < days),
    )


def incomplete_places(session: Session, way: str, scope: Scope, now: datetime, zone: ZoneInfo) -> set[str]:
    """Return the rows of a way of place (districts, quarters, centres) that did not count every day completely."""
    assert way not in TIME_WAYS
    over = days_over(scope.period, now.astimezone(zone).date())
    missing: dict[str, int] = {}
    for found in queries.centres_by_month(session, "days", way, scope):
        missing[found.key] = missing.get(found.key, 0) + found.amount * over[found.month]
    for found in queries.sums(session, ("days",), way, scope, keys=KNOWN, by_month=False):
        missing[found.key] = missing.get(found.key, 0) - found.amount
    return {key for key, days in missing.items() if days > 0}


def days_over(period: Period, today: date) -> list[int]:
    """Return how many days of each month of the period are over, not counting today."""
    return [max(0, (min(month.plus(1).first_day, today) - month.first_day).days) for month in period.months]
