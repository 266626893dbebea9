"""Calendar files: zones, wall times and series, read back with other programs' eyes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar

from shared import ical
from shared.ical_zones import timezone_lines

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def entry(starts_at: datetime, **said: Any) -> ical.Entry:
    """Return an entry of one hour."""
    known: dict[str, Any] = {
        "uid": "a@b", "sequence": 1, "updated_at": starts_at, "title": "Chor", "cancelled": False,
        "starts_at": starts_at, "ends_at": starts_at + HOUR,
    }  # fmt: skip
    return ical.Entry(**{**known, **said})


def berlin(text: str) -> datetime:
    """Return the instant of a wall time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def read(written: bytes) -> list[Any]:
    """Return the entries of a calendar file."""
    return list(Calendar.from_ical(written).walk("VEVENT"))


@pytest.mark.parametrize("start", ["2026-03-29T01:30", "2026-03-29T03:00", "2026-07-01T18:00", "2026-10-25T04:00"])
def test_a_wall_time_beside_its_zone_is_the_same_instant(start: str) -> None:
    """Also in the nights in which the clocks change, and with nothing but the file to know the zone from."""
    written = ical.calendar("Name", [entry(berlin(start))], BERLIN)
    assert f"DTSTART;TZID=Europe/Berlin:{start.replace('-', '').replace(':', '')}00".encode() in written
    (found,) = read(written)
    assert found.start == berlin(start)


def test_the_file_alone_tells_the_zone() -> None:
    """A program that has never heard of the zone's name reads its offsets from the VTIMEZONE."""
    written = ical.calendar("Name", [entry(berlin("2026-07-01T18:00")), entry(berlin("2026-12-01T18:00"))], BERLIN)
    foreign = written.replace(b"Europe/Berlin", b"Nowhere/Known")
    assert [found.start for found in read(foreign)] == [berlin("2026-07-01T18:00"), berlin("2026-12-01T18:00")]


def test_the_second_of_two_equal_hours_of_an_autumn_night_is_written_in_utc() -> None:
    """As a wall time it would be read as the first."""
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    found = read(ical.calendar("Name", [entry(first), entry(second, uid="c@d")], BERLIN))
    assert [one.start.astimezone(UTC) for one in found] == [first, second]


def test_a_zone_without_summer_time_has_one_observance() -> None:
    """And it is the standard one."""
    lines = timezone_lines(ZoneInfo("Asia/Tokyo"), 2026, 2027)
    assert [line for line in lines if line.startswith("BEGIN:")] == ["BEGIN:VTIMEZONE", "BEGIN:STANDARD"]


def test_an_empty_calendar_is_one() -> None:
    """It names no zone that it does not need."""
    written = ical.calendar("Name", [], BERLIN)
    assert b"VTIMEZONE" not in written
    assert Calendar.from_ical(written)["X-WR-CALNAME"] == "Name"


def test_a_series_is_one_entry_with_its_dates_and_exceptions() -> None:
    """Every date keeps its wall time over the change of clocks; one is called off, one is another thing."""
    starts = [berlin(f"{day}T18:00") for day in ("2026-10-21", "2026-10-28", "2026-11-04")]
    master = entry(starts[0], further_starts=starts[1:])
    called_off = entry(starts[1], instead_of=starts[1], cancelled=True)
    renamed = entry(starts[2], instead_of=starts[2], title="Konzert", ends_at=starts[2] + 2 * HOUR)
    written = ical.calendar("Name", [master, called_off, renamed], BERLIN)
    assert {str(found["UID"]) for found in read(written)} == {"a@b"}
    shown = recurring_ical_events.of(Calendar.from_ical(written)).between(date(2026, 10, 1), date(2026, 12, 1))
    told = sorted((one.start.isoformat(), str(one["SUMMARY"]), str(one["STATUS"]), one.duration) for one in shown)
    assert told == [
        ("2026-10-21T18:00:00+02:00", "Chor", "CONFIRMED", HOUR),
        ("2026-10-28T18:00:00+01:00", "Chor", "CANCELLED", HOUR),
        ("2026-11-04T18:00:00+01:00", "Konzert", "CONFIRMED", 2 * HOUR),
    ]


def test_without_a_zone_times_are_in_utc() -> None:
    """And no VTIMEZONE is needed."""
    written = ical.calendar("Name", [entry(berlin("2026-07-01T18:00"))])
    assert b"DTSTART:20260701T160000Z" in written
    assert b"VTIMEZONE" not in written
