"""Months begin at the city's midnight, also when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.reports.periods import MONTHS_MAX, Month, Period, lately, month_of, parse_month

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_month_begins_at_local_midnight() -> None:
    """December begins at 23:00 UTC in winter, July at 22:00 UTC in summer."""
    assert Month(2026, 12).starts_at(BERLIN) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert Month(2026, 7).starts_at(BERLIN) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_months_in_which_the_clocks_change_have_an_hour_more_or_less() -> None:
    """March has 743 hours and October 745."""
    for number, hours in ((3, 743), (10, 745)):
        starts_at, ends_at = Period(Month(2026, number), Month(2026, number)).bounds(BERLIN)
        assert ends_at - starts_at == timedelta(hours=hours)


def test_the_hour_before_local_midnight_belongs_to_the_month_that_ends() -> None:
    """23:30 on the last of October is October, although UTC and the city disagree by an hour."""
    assert month_of(datetime(2026, 10, 31, 22, 30, tzinfo=UTC), BERLIN) == Month(2026, 10)
    assert month_of(datetime(2026, 10, 31, 23, 0, tzinfo=UTC), BERLIN) == Month(2026, 11)


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    """Three months are compared with the three before them, across the turn of the year."""
    period = Period(Month(2026, 1), Month(2026, 3))
    assert period.before == Period(Month(2025, 10), Month(2025, 12))
    assert period.before.bounds(BERLIN)[-1] == period.bounds(BERLIN)[0]


def test_the_year_before_is_the_same_months() -> None:
    """Of the turn of a year too."""
    assert Period(Month(2025, 11), Month(2026, 1)).year_before == Period(Month(2024, 11), Month(2025, 1))


@pytest.mark.parametrize(
    ("step", "begins", "places"),
    [
        ("month", ["2025-11", "2025-12", "2026-01", "2026-02"], [0, 1, 2, 3]),
        ("quarter_of_year", ["2025-11", "2026-01"], [0, 0, 1, 1]),
        ("year", ["2025-11", "2026-01"], [0, 0, 1, 1]),
    ],
)
def test_a_period_is_split_into_longer_steps(step: str, begins: list[str], places: list[int]) -> None:
    """A step that the period cuts begins with the period."""
    starts, found = Period(Month(2025, 11), Month(2026, 2)).steps(step)
    assert ([str(start) for start in starts], found) == (begins, places)


@pytest.mark.parametrize(
    ("months", "step"), [(12, "month"), (13, "quarter_of_year"), (36, "quarter_of_year"), (37, "year")]
)
def test_a_long_period_is_shown_in_fewer_columns(months: int, step: str) -> None:
    """Nobody reads across sixty months."""
    assert Period(Month(2021, 1), Month(2021, 1).plus(months - 1)).usual_step == step


def test_a_month_is_a_number_in_the_database() -> None:
    """202602 is February, and numbers sort like months."""
    assert Month(2026, 2).as_number == 202602
    assert Month.of_number(202602) == Month(2026, 2)
    assert [Month(2026, number).quarter for number in (1, 3, 4, 12)] == [1, 1, 2, 4]


def test_lately_means_the_running_month_and_those_before_it() -> None:
    """On 23 November that is September to November."""
    assert lately(datetime(2026, 11, 23, 9, tzinfo=UTC), BERLIN) == Period(Month(2026, 9), Month(2026, 11))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-1", "1999-12", "2026-11-23", "٢٠٢٦-١١"])
def test_what_is_no_month_is_none(text: str) -> None:
    """A mistyped month in an address is found out."""
    assert parse_month(text) is None


def test_a_month_is_read_and_written_alike() -> None:
    """`2026-02` is the month whose text is `2026-02`."""
    assert parse_month("2026-02") == Month(2026, 2)
    assert str(Month(2026, 2)) == "2026-02"


def test_a_period_runs_forwards_and_has_an_end() -> None:
    """A period that runs backwards, or for longer than a table can show, is a bug of the caller."""
    with pytest.raises(AssertionError):
        Period(Month(2026, 3), Month(2026, 2))
    with pytest.raises(AssertionError):
        Period(Month(2026, 1), Month(2026, 1).plus(MONTHS_MAX))
