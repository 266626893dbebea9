"""How completely visits were counted: zero, closed and not counted are three different things.

How a day is read stands in `shared.records.visit_days`. Days that are over are expected of every
centre that counts at all; one that never said anything about visits in the period does not count.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.reports import queries
from hub.reports.facts import PARTLY
from hub.reports.periods import Period
from hub.reports.queries import Scope
from shared.records.visit_days import DayState

STATES = (DayState.COUNTED, PARTLY, DayState.CLOSED, DayState.NOT_COUNTED)
KNOWN = (DayState.COUNTED, DayState.CLOSED)


@dataclass(frozen=True)
class Counting:
    """Days of all centres together. What is neither of the four has not been said yet."""

    centres: int  # that count visits
    silent_centres: int  # that are expected to report and say nothing about visits
    days: Mapping[str, int]
    expected: int
    incomplete_centres: frozenset[str]
    incomplete_months: frozenset[int]  # by index in the period

    @property
    def unsaid(self) -> int:
        return max(0, self.expected - sum(self.days.values()))

    @property
    def is_complete(self) -> bool:
        """Whether the sum of all visits is exact; otherwise it is "at least"."""
        return self.expected > 0 and not self.incomplete_centres


def counting(session: Session, scope: Scope, expected: Collection[str], now: datetime, zone: ZoneInfo) -> Counting:
    """Return how the centres `expected` counted on the days of the period that are over."""
    today = now.astimezone(zone).date()
    counts = queries.centres_with(session, ("visits", "days"), scope.period, expected)
    over = days_over(scope.period, today)
    known = _by_centre(session, scope)
    states = queries.sums(session, ("days",), "state", scope, by_month=False)
    by_month = queries.sums(session, ("days",), "", scope, keys=KNOWN)
    known_days = [0] * len(over)
    for found in by_month:
        known_days[found.month] += found.amount
    return Counting(
        centres=len(counts),
        silent_centres=len(expected) - len(counts),
        days={state: sum(found.amount for found in states if found.key == state) for state in STATES},
        expected=sum(over) * len(counts),
        incomplete_centres=frozenset(centre for centre in counts if known.get(centre, 0) < sum(over)),
        incomplete_months=frozenset(
            index for index, days in enumerate(over) if days and known_days[index] < days * len(counts)
        ),
    )


def days_over(period: Period, today: date) -> list[int]:
    """Return how many days of each month of the period are over, not counting today."""
    return [max(0, (min(month.plus(1).first_day, today) - month.first_day).days) for month in period.months]


def _by_centre(session: Session, scope: Scope) -> Mapping[str, int]:
    found = queries.sums(session, ("days",), "centre", scope, keys=KNOWN, by_month=False)
    return {each.key: each.amount for each in found}
