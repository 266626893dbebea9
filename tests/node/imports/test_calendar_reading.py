"""Calendar files read: dates, zones, exceptions, and what is broken in which line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from node.imports.lines import CalendarBroken, FileTooLarge, unfold
from node.imports.reading import Entry, Reading, read_calendar

ZONE = ZoneInfo("Europe/Berlin")
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2027, 11, 1, tzinfo=UTC)
ONE = (
    "UID:a",
    "DTSTART;TZID=Europe/Berlin:20261123T100000",
    "DTEND;TZID=Europe/Berlin:20261123T120000",
    "SUMMARY:Café",
)

EVERY_MINUTE = "RRULE:FREQ=DAILY;BYMINUTE=" + ",".join(str(minute) for minute in range(60))


def event(*lines: str) -> list[str]:
    """The lines of one VEVENT."""
    return ["BEGIN:VEVENT", *lines, "END:VEVENT"]


def file(*events: list[str], head: tuple[str, ...] = ()) -> bytes:
    """A calendar file of these events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *head]
    return "\r\n".join([*lines, *(line for one in events for line in one), "END:VCALENDAR", ""]).encode()


def read(*events: list[str], head: tuple[str, ...] = ()) -> Reading:
    return read_calendar(file(*events, head=head), ZONE, SINCE, UNTIL)


def entry(*lines: str, head: tuple[str, ...] = ()) -> Entry:
    """Return the one date of a calendar with one event."""
    (found,) = read(event(*lines), head=head).entries
    return found


def broken(content: bytes) -> list[tuple[int, str, str]]:
    """Return line, title and reason of each problem."""
    with pytest.raises(CalendarBroken) as refusal:
        read_calendar(content, ZONE, SINCE, UNTIL)
    return [(problem.line, problem.title, problem.reason) for problem in refusal.value.problems]


def starts(reading: Reading) -> list[str]:
    return [f"{one.starts_at.astimezone(ZONE):%m-%d %H:%M}" for one in reading.entries]


def test_a_single_date_keeps_its_words_and_its_line() -> None:
    """Commas are unescaped, the line is that of BEGIN:VEVENT, nothing repeats."""
    found = entry(*ONE, "LOCATION:Saal\\, 1. Stock", "SEQUENCE:3")
    assert (found.title, found.place, found.series_sequence, found.line) == ("Café", "Saal, 1. Stock", 3, 4)
    assert found.recurrence_id is None
    assert found.starts_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_series_is_spread_with_its_exceptions() -> None:
    """EXDATE leaves out, RDATE adds, RECURRENCE-ID moves; each date is named by its original start."""
    series = event(
        *ONE,
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=Europe/Berlin:20261130T100000",
        "RDATE;TZID=Europe/Berlin:20261126T100000",
    )
    moved = event(
        "UID:a",
        "RECURRENCE-ID;TZID=Europe/Berlin:20261207T100000",
        "DTSTART;TZID=Europe/Berlin:20261208T150000",
        "DTEND;TZID=Europe/Berlin:20261208T160000",
        "SUMMARY:Café verlegt",
    )
    found = read(series, moved)
    assert starts(found) == ["11-23 10:00", "11-26 10:00", "12-08 15:00"]
    assert [one.recurrence_id for one in found.entries][-1] == "2026-12-07T09:00:00Z"
    assert [one.line for one in found.entries] == [4, 4, 13]


def test_a_single_cancelled_date_is_told_apart() -> None:
    """STATUS:CANCELLED of an exception is that date's alone."""
    gone = event("UID:a", "RECURRENCE-ID;TZID=Europe/Berlin:20261130T100000", *ONE[1:], "STATUS:CANCELLED")
    gone[3] = "DTSTART;TZID=Europe/Berlin:20261130T100000"
    gone[4] = "DTEND;TZID=Europe/Berlin:20261130T120000"
    found = read(event(*ONE, "RRULE:FREQ=WEEKLY;COUNT=2"), gone)
    assert [one.cancelled for one in found.entries] == [False, True]


def test_ten_o_clock_stays_ten_o_clock_across_the_clock_change() -> None:
    """A weekly series in local time, over the night of 28 March 2027."""
    lines = ("UID:a", "DTSTART;TZID=Europe/Berlin:20270322T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
    found = read(event(*lines))
    assert starts(found) == ["03-22 10:00", "03-29 10:00"]
    assert [one.starts_at.hour for one in found.entries] == [9, 8]


@pytest.mark.parametrize(
    ("start", "head", "utc_hour"),
    [
        ("DTSTART:20261123T100000Z", (), 10),
        ("DTSTART:20261123T100000", (), 9),
        ("DTSTART;TZID=W. Europe Standard Time:20261123T100000", (), 9),
        ("DTSTART;TZID=America/New_York:20261123T100000", (), 15),
        (
            "DTSTART;TZID=Eigene Zone:20261123T100000",
            (
                "BEGIN:VTIMEZONE",
                "TZID:Eigene Zone",
                "BEGIN:STANDARD",
                "DTSTART:16010101T000000",
                "TZOFFSETFROM:+0300",
                "TZOFFSETTO:+0300",
                "END:STANDARD",
                "END:VTIMEZONE",
            ),
            7,
        ),
    ],
)
def test_times_are_read_in_their_zone(start: str, head: tuple[str, ...], utc_hour: int) -> None:
    """UTC, floating (the house's own), Outlook's names, other zones, zones that the file defines."""
    assert entry("UID:a", start, "DURATION:PT1H", head=head).starts_at.hour == utc_hour


def test_an_unknown_zone_is_read_as_local_time_and_said() -> None:
    """Nobody should be surprised by it."""
    found = entry("UID:a", "DTSTART;TZID=Atlantis/Hauptstadt:20261123T100000", "DURATION:PT1H")
    assert (found.starts_at.hour, found.notes) == (9, ("unknown_zone",))


def test_an_all_day_date_covers_its_day_even_when_the_clocks_change() -> None:
    """From midnight to midnight by the clocks of the house: 25 hours in October."""
    found = entry("UID:a", "DTSTART;VALUE=DATE:20271031", "SUMMARY:Fest")
    assert found.ends_at > found.starts_at
    assert (found.ends_at - found.starts_at).total_seconds() == 25 * 3600


def test_a_date_without_an_end_gets_an_hour_and_a_note() -> None:
    """The programme knows no date without length."""
    found = entry("UID:a", "DTSTART:20261123T100000Z")
    assert (found.ends_at - found.starts_at).total_seconds() == 3600
    assert found.notes == ("no_end",)


def test_private_entries_are_marked() -> None:
    """Somebody's dentist is no event of the house."""
    assert entry(*ONE, "CLASS:PRIVATE").private


def test_people_of_an_entry_are_not_read() -> None:
    """Organisers and guests are persons."""
    found = entry(*ONE, "ORGANIZER;CN=Erika Muster:mailto:erika@example.org", "ATTENDEE:mailto:max@example.org")
    assert "example.org" not in repr(found)


def test_entries_outside_the_time_are_named() -> None:
    """Over, or more than a year ahead."""
    past = event("UID:b", "DTSTART:20200101T100000Z", "DURATION:PT1H", "SUMMARY:Alt")
    found = read(past, event(*ONE))
    assert [(problem.title, problem.line) for problem in found.outside] == [("Alt", 4)]
    assert found.uids == {"a", "b"}


def test_folded_lines_are_counted_as_they_stand_in_the_file() -> None:
    """A continuation has the number of its first line."""
    assert [(line.number, line.text) for line in unfold("A:1\r\n 2\r\nB:3")] == [(1, "A:12"), (3, "B:3")]


def test_a_file_in_an_old_encoding_keeps_its_umlauts() -> None:
    """Exports of old programs are not in UTF-8."""
    content = file(event(*ONE)).decode().replace("Café", "Bücherbörse").encode("cp1252")
    assert read_calendar(content, ZONE, SINCE, UNTIL).entries[0].title == "Bücherbörse"


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        (("UID:a", "DTSTART:2026blub", "SUMMARY:Café"), 6, "unreadable_value"),
        (("UID:a", "SUMMARY:Café"), 4, "no_start"),
        (("DTSTART:20261123T100000Z", "SUMMARY:Café"), 4, "no_uid"),
        (("UID:a", "DTSTART:20261123T100000Z", "DTEND:20261122T100000Z", "SUMMARY:Café"), 7, "ends_before_start"),
        (("UID:a", "DTSTART:20261123T100000Z", "DTEND;VALUE=DATE:20261124", "SUMMARY:Café"), 7, "ends_unlike_start"),
        (("UID:a", "DTSTART:20261123T100000Z", "DTSTART:20261124T100000Z", "SUMMARY:Café"), 6, "given_twice"),
        (("UID:a", "DTSTART:19010101T100000Z", "SUMMARY:Café"), 6, "starts_too_early"),
        (("UID:a", "DTSTART:20261123T100000Z", "RRULE:FREQ=QUATSCH", "SUMMARY:Café"), 7, "unreadable_value"),
        (("UID:a", "DTSTART:20261123T100000Z", "RRULE:FREQ=DAILY;INTERVAL=0", "SUMMARY:Café"), 7, "unreadable_series"),
        (("UID:a", "DTSTART:20261123T100000Z", "RRULE:FREQ=SECONDLY", "SUMMARY:Café"), 7, "too_often"),
        (("UID:a", "DTSTART:20261123T100000Z", EVERY_MINUTE, "SUMMARY:Café"), 7, "too_often"),
        (("UID:a", "DTSTART:20261123T100000Z", "EXDATE:2026", "SUMMARY:Café"), 7, "unreadable_value"),
        (("UID:a", "was soll das", "SUMMARY:Café"), 6, "unreadable_line"),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named_with_its_line(lines: tuple[str, ...], line: int, reason: str) -> None:
    """Which event, in which line, why; the good entry beside it does not save the file."""
    good = event("UID:good", "DTSTART:20261123T100000Z", "DURATION:PT1H")
    assert broken(file(event(*lines), good)) == [(line, "Café", reason)]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "not_a_calendar"),
        (b"<html>", 1, "not_a_calendar"),
        (b"SUMMARY:x", 1, "not_a_calendar"),
        (b"\x00\xff\xfe", 1, "not_a_calendar"),
        (file(event(*ONE)).replace(b"END:VCALENDAR\r\n", b""), 1, "never_ends"),
        (file(event(*ONE)).replace(b"END:VEVENT\r\n", b""), 9, "unexpected_end"),
        (file(event(*ONE), event(*ONE)).replace(b"END:VEVENT\r\n", b"", 1), 4, "never_ends"),
        (file(event(*ONE)).replace(b"BEGIN:VEVENT\r\n", b""), 8, "unexpected_end"),
    ],
)
def test_a_broken_frame_is_named_with_its_line(content: bytes, line: int, reason: str) -> None:
    """Cut off, not a calendar at all, or an END too few."""
    assert [(found[0], found[2]) for found in broken(content)] == [(line, reason)]


def test_all_broken_entries_are_told_at_once() -> None:
    """Nobody mends a file one line a time."""
    content = file(event("UID:a", "DTSTART:x", "SUMMARY:Eins"), event("UID:b", "SUMMARY:Zwei"))
    assert [title for _, title, _ in broken(content)] == ["Eins", "Zwei"]


def test_too_much_is_refused_before_it_is_worked_on() -> None:
    """Bytes, entries, dates."""
    for content, limit in (
        (b" " * (2 * 1024 * 1024 + 1), "bytes"),
        (file(*[event(f"UID:{number}") for number in range(5_001)]), "entries"),
        (
            file(
                *[event(f"UID:{n}", "DTSTART:20261123T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY") for n in range(7)]
            ),
            "occurrences",
        ),
    ):
        with pytest.raises(FileTooLarge) as refusal:
            read_calendar(content, ZONE, SINCE, UNTIL)
        assert refusal.value.limit == limit
