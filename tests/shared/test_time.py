"""Instants as text: one form, whole, and never one that a later step chokes on."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.time import born_at, find_zone, from_wire, now, to_wire

INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59), timezones=st.just(UTC))  # noqa: DTZ001 (naive bounds, the zone is given beside them)


@given(INSTANTS, INSTANTS)
def test_what_is_written_is_read_back_and_sorts_alike(one: datetime, other: datetime) -> None:
    """To the second; the texts sort as the instants do."""
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert from_wire(to_wire(one)) == one
    assert from_wire(to_wire(one)).tzinfo is UTC
    assert (to_wire(one) < to_wire(other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-23", "2026-11-23T09:00:00", "2026-11-23T09:00:00+00:00", "2026-W48-1T09:00:00Z",
        "2026-11-23 09:00:00Z", "2026-13-23T09:00:00Z", "2026-02-30T09:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T09:00:60Z", "٢٠٢٦-11-23T09:00:00Z", "2026-11-23T09:00:00Z\n",
        "0001-01-02T00:00:00Z", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_any_other_form_is_refused(text: str) -> None:
    """So are years that no house can mean: they overflow when taken to local time."""
    with pytest.raises(ValueError):  # noqa: PT011 (any ValueError is the contract)
        from_wire(text)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001 (that is what is refused)
        datetime(202, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_an_instant_that_could_not_be_read_back_is_not_written(instant: datetime) -> None:
    """Without a zone, or in an impossible year."""
    with pytest.raises(ValueError):  # noqa: PT011 (any ValueError is the contract)
        to_wire(instant)


def test_a_year_is_judged_in_utc() -> None:
    """New Year's Eve in the west is the next year already."""
    west = ZoneInfo("America/New_York")
    with pytest.raises(ValueError):  # noqa: PT011 (any ValueError is the contract)
        to_wire(datetime(2199, 12, 31, 23, 0, tzinfo=west))


def test_an_id_tells_when_a_record_was_made() -> None:
    """Version 7 begins with the time; other ids tell nothing."""
    made = born_at(new_id())
    assert made is not None
    assert abs(made - now()) < timedelta(seconds=5)
    assert born_at("123e4567-e89b-42d3-a456-426614174000") is None
    assert born_at("nonsense") is None


@pytest.mark.parametrize("text", ["ffffffff-ffff-7fff-bfff-ffffffffffff", "e6da0000-0000-7000-8000-000000000000"])
def test_an_id_from_the_end_of_time_tells_nothing(text: str) -> None:
    """Whoever makes up an id must not stop the job that asks when its space was born."""
    assert born_at(text) is None


@pytest.mark.parametrize("name", ["Europe", "", "Mars/Olympus", "../etc/passwd", "Europe\0Berlin"])
def test_a_zone_that_is_none_is_told_from_one_that_is(name: str) -> None:
    """A folder of zones is no zone either; profiles come from many hands."""
    assert find_zone(name) is None
    assert find_zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
