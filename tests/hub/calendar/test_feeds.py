"""The calendar for machines: what calendar programs read, and when they need not read again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from hub.programme.models import Event
from hub.themes.service import plant_first_themes
from shared import ical
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import put_centre, put_event

EVENTS: Any = Event.__table__  # ingest writes the table, not objects
SOON = now() + timedelta(days=3)


@pytest.fixture
def city(database: Database) -> Database:
    """Two houses with an event each."""
    with database.transaction() as session:
        plant_first_themes(session)
        put_centre(session, "hamborn", "Hamborn", street="Altmarkt 8", postcode="47166", town="Duisburg")
        put_centre(session, "mitte", "Mitte")
        put_event(session, "Frühstück; mit Musik, ja", centre="hamborn", starts_at=SOON, theme="family")
        put_event(session, "Chor", centre="mitte", starts_at=SOON)
    return database


def read(client: FlaskClient, address: str) -> list[Any]:
    """Return the entries that a calendar program sees."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_feed_holds_what_its_filters_find(client: FlaskClient, city: Database) -> None:
    """Read with another program's eyes: title, place, theme and times are right."""
    (entry,) = read(client, "/kalender.ics?bezirk=Hamborn")
    assert entry["SUMMARY"] == "Frühstück; mit Musik, ja"
    assert entry["LOCATION"] == "Hamborn, Altmarkt 8, 47166 Duisburg"
    assert entry.start == SOON
    assert entry.end == SOON + timedelta(hours=2)
    assert entry["STATUS"] == "CONFIRMED"
    assert [str(category) for category in entry["CATEGORIES"].cats] == ["Familie"]
    assert len(read(client, "/kalender.ics")) == 2


def test_an_event_keeps_its_uid_and_says_that_it_was_called_off(client: FlaskClient, city: Database) -> None:
    """The same UID in each feed, a higher SEQUENCE, a newer LAST-MODIFIED, STATUS:CANCELLED."""
    (before,) = read(client, "/kalender.ics?zentrum=mitte")
    changed = now() + timedelta(minutes=5)
    with city.transaction() as session:
        called_off = {"state": "cancelled", "sequence": 1, "updated_at": changed}
        session.connection().execute(EVENTS.update().where(EVENTS.c.centre_id == "mitte").values(**called_off))
    after = next(entry for entry in read(client, "/kalender.ics") if entry["SUMMARY"] == "Chor")
    assert after["UID"] == before["UID"]
    assert after["UID"].endswith("@mitte.duisburg")
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["STATUS"] == "CANCELLED"
    assert after["LAST-MODIFIED"].dt == changed


def test_one_event_can_be_taken_alone(client: FlaskClient, city: Database) -> None:
    """Under the same UID as in the feeds."""
    (entry,) = read(client, "/kalender.ics?zentrum=mitte")
    event_id = entry["UID"].split("@")[0]
    (alone,) = read(client, f"/veranstaltung/mitte/{event_id}.ics")
    assert alone["UID"] == entry["UID"]
    assert client.get("/veranstaltung/hamborn/x.ics").status_code == 404


@pytest.mark.parametrize("address", ["/kalender.ics", "/api/events"])
def test_who_has_it_already_gets_no_body(client: FlaskClient, city: Database, address: str) -> None:
    """An unchanged answer is 304; any change gives a new one."""
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with city.transaction() as session:
        session.connection().execute(EVENTS.delete().where(EVENTS.c.centre_id == "mitte"))
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Anders"},
        {"state": "cancelled"},
        {"sequence": 3},
        {"starts_at": SOON + timedelta(minutes=15)},
        {"updated_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_changed_event_changes_the_mark_of_its_feed(
    client: FlaskClient, city: Database, change: dict[str, Any]
) -> None:
    """Even if the owner's clock goes backwards."""
    mark = client.get("/kalender.ics").headers["ETag"]
    with city.transaction() as session:
        session.connection().execute(EVENTS.update().where(EVENTS.c.centre_id == "mitte").values(**change))
    assert client.get("/kalender.ics").headers["ETag"] != mark


def test_the_api_gives_the_list(client: FlaskClient, city: Database) -> None:
    """Instants in UTC, the house by name, the lasting address."""
    page = client.get("/api/events?bezirk=Hamborn").json
    assert page["more"] is False
    (event,) = page["events"]
    assert event["starts_at"] == SOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert event["centre"] == "Hamborn"
    assert client.get(event["url"]).status_code == 200


def test_the_api_refuses_a_date_that_is_none(client: FlaskClient, city: Database) -> None:
    """A program is told instead of being given something else."""
    assert client.get("/api/events?ab=murks").status_code == 400


@given(st.text(max_size=300))
def test_any_text_survives_the_way_into_a_calendar(text: str) -> None:
    """Lines are folded at 75 octets at most, and unfold to what was written."""
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    entry = ical.Entry(uid="a@b", sequence=0, updated_at=at, starts_at=at, ends_at=at, title=text, cancelled=False)
    written = ical.calendar("Name", [entry])
    assert all(len(line) <= ical.LINE_OCTETS_MAX for line in written.split(b"\r\n"))
    (read_back,) = Calendar.from_ical(written).walk("VEVENT")
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or ord(c) >= 32)
    assert str(read_back["SUMMARY"]) == kept
