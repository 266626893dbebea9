"""A series as one entry, and its dates in the feeds: what a calendar program makes of every change."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
from flask.testing import FlaskClient
from icalendar import Calendar

from hub.programme.models import Event
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import put_centre, put_event

EVENTS: Any = Event.__table__
FIRST = (now() + timedelta(days=2)).replace(minute=0, second=0)
WEEK = timedelta(days=7)
SERIES = "01990000-0000-7000-8000-000000000000"  # the same in every process: it names tests
ADDRESS = f"/veranstaltung/mitte/serie/{SERIES}.ics"


@pytest.fixture
def dates(database: Database) -> list[str]:
    """Four weekly dates of a choir; returns their ids."""
    with database.transaction() as session:
        put_centre(session, "mitte", "Mitte")
        return [
            put_event(session, "Chor", centre="mitte", starts_at=FIRST + number * WEEK, series_id=SERIES)
            for number in range(4)
        ]


def change(database: Database, event_id: str, **said: Any) -> None:
    """Let a change of one date arrive."""
    with database.transaction() as session:
        values = {"sequence": 1, "updated_at": now() + timedelta(minutes=5), **said}
        session.connection().execute(EVENTS.update().where(EVENTS.c.id == event_id).values(**values))


def shown(client: FlaskClient, address: str) -> list[tuple[datetime, str, str]]:
    """Return (start, title, status) of what a calendar program shows of an address."""
    calendar = Calendar.from_ical(client.get(address).data)
    found = recurring_ical_events.of(calendar).between(FIRST - WEEK, FIRST + 10 * WEEK)
    return sorted((one.start, str(one["SUMMARY"]), str(one["STATUS"])) for one in found)


@pytest.mark.parametrize("address", [ADDRESS, "/kalender.ics"])
def test_a_series_shows_all_its_dates(client: FlaskClient, dates: list[str], address: str) -> None:
    """As one entry or as many, a program shows the same."""
    assert shown(client, address) == [(FIRST + number * WEEK, "Chor", "CONFIRMED") for number in range(4)]


@pytest.mark.parametrize("address", [ADDRESS, "/kalender.ics"])
@pytest.mark.parametrize("number", [0, 2])
def test_a_cancelled_date_shows_as_cancelled(
    client: FlaskClient, database: Database, dates: list[str], address: str, number: int
) -> None:
    """The others stay; it makes no difference whether it is the first."""
    change(database, dates[number], state="cancelled")
    states = [state for _, _, state in shown(client, address)]
    assert states == ["CANCELLED" if which == number else "CONFIRMED" for which in range(4)]


@pytest.mark.parametrize("address", [ADDRESS, "/kalender.ics"])
def test_a_moved_date_shows_at_its_new_time_only(
    client: FlaskClient, database: Database, dates: list[str], address: str
) -> None:
    """Nothing is left at the old one."""
    moved = FIRST + WEEK + timedelta(days=1, hours=2)
    change(database, dates[1], starts_at=moved, ends_at=moved + timedelta(hours=2))
    assert [start for start, _, _ in shown(client, address)] == [FIRST, moved, FIRST + 2 * WEEK, FIRST + 3 * WEEK]


def test_an_exception_has_the_uid_of_its_series_and_its_own_words(
    client: FlaskClient, database: Database, dates: list[str]
) -> None:
    """RECURRENCE-ID names the date it stands for."""
    change(database, dates[3], title="Konzert")
    master, exception = Calendar.from_ical(client.get(ADDRESS).data).walk("VEVENT")
    assert str(exception["UID"]) == str(master["UID"]) == f"{SERIES}@mitte.duisburg"
    assert exception["RECURRENCE-ID"].dt == FIRST + 3 * WEEK
    assert shown(client, ADDRESS)[3] == (FIRST + 3 * WEEK, "Konzert", "CONFIRMED")


def test_any_change_of_a_date_raises_the_sequence_of_the_series(
    client: FlaskClient, database: Database, dates: list[str]
) -> None:
    """Else a program would keep what it has."""
    before = Calendar.from_ical(client.get(ADDRESS).data).walk("VEVENT")[0]["SEQUENCE"]
    change(database, dates[2], title="Anders")
    after = Calendar.from_ical(client.get(ADDRESS).data).walk("VEVENT")[0]["SEQUENCE"]
    assert after > before


def test_dates_in_a_feed_keep_their_own_uid_and_name_their_series(client: FlaskClient, dates: list[str]) -> None:
    """The UID is the same however a filter cuts the series."""
    whole = Calendar.from_ical(client.get("/kalender.ics").data).walk("VEVENT")
    assert {str(one["UID"]) for one in whole} == {f"{event_id}@mitte.duisburg" for event_id in dates}
    assert {str(one["REFID"]) for one in whole} == {f"{SERIES}@mitte.duisburg"}


def test_an_unknown_series_is_not_there(client: FlaskClient, dates: list[str]) -> None:
    """Nor is one of another house."""
    assert client.get(f"/veranstaltung/hamborn/serie/{SERIES}.ics").status_code == 404
