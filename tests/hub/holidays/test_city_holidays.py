"""Staff keep the city's holidays; every centre gets them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from hub.core.accounts import Role
from hub.holidays import service
from hub.holidays.service import BadEntries, HolidayEntry, NotACalendar, Trouble, read_file
from shared.database import Database
from shared.records.holidays import HOLIDAYS

AUTUMN = HolidayEntry(name_de="Herbstferien", first_day=date(2026, 10, 17), last_day=date(2026, 10, 31))


def ics(*events: str) -> bytes:
    """Return a calendar file with these entries, each written as lines."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//DE\n{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


WHITSUN = "UID:1\nSUMMARY:Pfingstferien\nDTSTART;VALUE=DATE:20270518\nDTEND;VALUE=DATE:20270519"
EASTER = "UID:2\nSUMMARY:Osterferien\nDTSTART;VALUE=DATE:20270322\nDTEND;VALUE=DATE:20270404"


def kept(database: Database) -> list[tuple[str, date, date]]:
    with database.reading() as session:
        return [(one.name_de, one.first_day, one.last_day) for one in service.list_holidays(session)]


def test_holidays_are_added_changed_and_removed_by_hand(database: Database, signed_in: FlaskClient) -> None:
    """Through the pages; a single day needs no last one."""
    said = {"name_de": "Rosenmontag", "kind": "special", "first_day": "08.02.2027"}
    page = signed_in.post("/ferien/neu", data=said, follow_redirects=True).text
    assert "Rosenmontag" in page
    assert kept(database) == [("Rosenmontag", date(2027, 2, 8), date(2027, 2, 8))]
    with database.reading() as session:
        (holiday,) = service.list_holidays(session)
    signed_in.post(f"/ferien/{holiday.id}", data={**said, "last_day": "09.02.2027"})
    assert kept(database) == [("Rosenmontag", date(2027, 2, 8), date(2027, 2, 9))]
    signed_in.post(f"/ferien/{holiday.id}/entfernen")
    again = signed_in.post(f"/ferien/{holiday.id}/entfernen", follow_redirects=True).text
    assert "schon entfernt" in again
    assert kept(database) == []


def test_days_that_cannot_be_are_explained_and_the_rest_is_kept(signed_in: FlaskClient) -> None:
    """Backwards, or a year too long; what was typed stays."""
    said = {"name_de": "Sommerferien", "kind": "school", "first_day": "2027-07-19", "last_day": "2027-07-18"}
    answer = signed_in.post("/ferien/neu", data=said)
    assert answer.status_code == 422
    assert "liegt vor dem ersten" in answer.text
    assert 'value="Sommerferien"' in answer.text
    answer = signed_in.post("/ferien/neu", data={**said, "last_day": "2028-08-31"})
    assert "Stimmt das Jahr?" in answer.text


def test_a_record_may_travel(database: Database) -> None:
    """What is kept fits the wire."""
    with database.transaction() as session:
        holiday = service.add_holiday(session, AUTUMN)
        session.flush()
        wire = HOLIDAYS.checker.dump(holiday)
    assert HOLIDAYS.checker.validate(wire) == {}


def test_a_calendar_file_is_read(database: Database) -> None:
    """The end of an all-day entry is the day after the last (RFC 5545); one without an end is one day."""
    one_day = "UID:3\nSUMMARY:Beweglicher Ferientag\nDTSTART;VALUE=DATE:20270507"
    with database.transaction() as session:
        taken = service.take_file(session, ics(WHITSUN, EASTER, one_day), "school")
    assert taken == (3, 0, 0)
    assert kept(database) == [
        ("Osterferien", date(2027, 3, 22), date(2027, 4, 3)),
        ("Beweglicher Ferientag", date(2027, 5, 7), date(2027, 5, 7)),
        ("Pfingstferien", date(2027, 5, 18), date(2027, 5, 18)),
    ]


def test_an_entry_with_times_stands_for_its_days(database: Database) -> None:
    """Midnight at the end is of the day before."""
    timed = "UID:1\nSUMMARY:Stadtfest\nDTSTART:20270611T140000\nDTEND:20270613T000000"
    with database.transaction() as session:
        service.take_file(session, ics(timed), "special")
    assert kept(database) == [("Stadtfest", date(2027, 6, 11), date(2027, 6, 12))]


def test_reading_a_file_again_doubles_nothing(database: Database) -> None:
    """What has moved is changed, the English name that somebody typed stays, next year's is new."""
    with database.transaction() as session:
        service.take_file(session, ics(EASTER), "school")
        (holiday,) = service.list_holidays(session)
        holiday.name_en = "Easter holidays"
    moved = EASTER.replace("20270404", "20270405")
    next_year = EASTER.replace("2027", "2028")
    with database.transaction() as session:
        assert service.take_file(session, ics(EASTER), "school") == (0, 0, 1)
        assert service.take_file(session, ics(moved, next_year), "school") == (1, 1, 0)
        first, second = service.list_holidays(session)
    assert (first.name_en, first.last_day) == ("Easter holidays", date(2027, 4, 4))
    assert second.first_day == date(2028, 3, 22)


@pytest.mark.parametrize("content", [b"", b"Herbstferien;17.10.2026", b"\xff\xfe\0", ics()])
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    """A spreadsheet, nothing, or an empty calendar."""
    with pytest.raises(NotACalendar):
        read_file(content, "school")


@pytest.mark.parametrize(
    ("event", "trouble"),
    [
        ("UID:1\nDTSTART;VALUE=DATE:20270518", Trouble.NO_NAME),
        ("UID:1\nSUMMARY:Ferien", Trouble.NO_DAY),
        ("UID:1\nSUMMARY:Ferien\nDTSTART;VALUE=DATE:2027", Trouble.NO_DAY),
        ("UID:1\nSUMMARY:Ferien\nDTSTART;VALUE=DATE:20270518\nDTEND;VALUE=DATE:20270510", Trouble.BACKWARDS),
        ("UID:1\nSUMMARY:Ferien\nDTSTART;VALUE=DATE:20270518\nDTEND;VALUE=DATE:20280519", Trouble.TOO_LONG),
        ("UID:1\nSUMMARY:Ferien\nDTSTART;VALUE=DATE:20270518\nRRULE:FREQ=YEARLY", Trouble.REPEATS),
        (f"UID:1\nSUMMARY:{'x' * 201}\nDTSTART;VALUE=DATE:20270518", Trouble.NAME_TOO_LONG),
    ],
)
def test_each_bad_entry_is_named(event: str, trouble: Trouble) -> None:
    """With the reason; the good ones beside it are not taken either."""
    with pytest.raises(BadEntries) as refused:
        read_file(ics(EASTER, event), "school")
    assert [entry.trouble for entry in refused.value.entries] == [trouble]


def test_the_page_says_what_is_wrong_with_a_file(database: Database, signed_in: FlaskClient) -> None:
    """Which entry, and why; nothing of the file is taken."""
    bad = "UID:3\nSUMMARY:Karneval\nDTSTART;VALUE=DATE:20270210\nDTEND;VALUE=DATE:20270201"
    said = {"kind": "school", "file": (BytesIO(ics(EASTER, bad)), "ferien.ics")}
    answer = signed_in.post("/ferien/datei", data=said)
    assert answer.status_code == 422
    assert "„Karneval“ endet, bevor es beginnt" in answer.text
    assert kept(database) == []
    said = {"kind": "school", "file": (BytesIO(ics(EASTER)), "ferien.ics")}
    assert "1 Eintrag kam dazu" in signed_in.post("/ferien/datei", data=said, follow_redirects=True).text


def test_a_planner_keeps_the_holidays_too(database: Database, sign_in: Callable[..., FlaskClient]) -> None:
    """Social planning writes for the city as an editor does."""
    planner = sign_in(Role.PLANNER)
    assert "/ferien/neu" in planner.get("/ferien").text
    said = {"name_de": "Frei", "kind": "special", "first_day": "2027-01-01", "last_day": "2027-01-01"}
    answer = planner.post("/ferien/neu", data=said)
    assert answer.status_code == 302, answer.text
    assert len(kept(database)) == 1


def test_holidays_that_are_not_there_are_not_found(signed_in: FlaskClient) -> None:
    """An unknown id has no form."""
    assert signed_in.get("/ferien/nirgends").status_code == 404
