"""A month is whole weeks, and shows each event on the days on which it is on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from hub.calendar import months
from tests.hub.calendar.conftest import DAY, ZONE, local


@dataclass
class Row:
    """As much of an event as a month needs."""

    title: str
    starts_at: datetime
    ends_at: datetime


def row(title: str, day: date = DAY, lasts: timedelta = timedelta(hours=1)) -> Row:
    return Row(title, local("10:00", day), local("10:00", day) + lasts)


def test_a_month_is_shown_in_whole_weeks() -> None:
    """November 2026 begins on a Sunday and ends on a Monday: six weeks."""
    days = months.days_shown(date(2026, 11, 1))
    assert (days[0], days[-1], len(days)) == (date(2026, 10, 26), date(2026, 12, 6), 42)


@pytest.mark.parametrize("text", [None, "", "2026", "2026-13", "x-y", "9999-01", "2026-11-01", "-1-1"])
def test_nonsense_is_this_month(text: str | None) -> None:
    """Rather than an error page."""
    assert months.month_of(text, DAY) == date(2026, 11, 1)


def test_months_follow_each_other_over_the_year() -> None:
    """December is followed by January."""
    assert months.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert months.month_before(date(2027, 1, 1)) == date(2026, 12, 1)


def test_four_events_fit_a_day_and_of_five_three_are_shown() -> None:
    """The fourth line is either an event or how many more there are."""
    four = {DAY: (4, [row(str(number)) for number in range(4)])}
    five = {DAY: (5, [row(str(number)) for number in range(4)])}
    ((day,),) = months.weeks(DAY.replace(day=1), four, [], DAY, ZONE)
    assert (len(day.first), day.more) == (4, 0)
    ((day,),) = months.weeks(DAY.replace(day=1), five, [], DAY, ZONE)
    assert (len(day.first), day.more) == (3, 2)


def test_what_lasts_stands_in_every_day_and_is_counted() -> None:
    """After its first day it is said to go on; on the day it ends at midnight it is over."""
    lasting = Row("Ausstellung", local("10:00", DAY), local("00:00", DAY + timedelta(days=2)))
    found = {
        DAY + timedelta(days=number): (1 if number == 0 else 0, [lasting] if number == 0 else []) for number in range(3)
    }
    (days,) = months.weeks(DAY.replace(day=1), found, [lasting], DAY, ZONE)
    assert [[entry.goes_on for entry in day.first] for day in days] == [[False], [True], []]
    assert [day.number for day in days] == [1, 1, 0]
