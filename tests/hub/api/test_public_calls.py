"""The city's data for programs: what it holds, how one walks through it, how it says no."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema
from sqlalchemy import insert

from hub.api import centres, city, events, free_spaces, spaces
from hub.calendar.filters import ARGUMENTS
from hub.opening_hours.models import OpeningHours
from hub.programme.models import EventText
from hub.spaces.models import Space
from hub.themes.service import plant_first_themes
from shared.database import Database
from shared.ids import new_id
from shared.time import now, to_wire
from tests.hub.calendar.conftest import put_centre, put_event

SOON = (now() + timedelta(days=3)).replace(minute=0, second=0)


@pytest.fixture
def town(database: Database) -> Database:
    """Two houses; seven dates, three of them at the same instant; one room, hours around the clock."""
    with database.transaction() as session:
        plant_first_themes(session)
        put_centre(session, "hamborn", "Hamborn", quarter="Marxloh", street="Altmarkt 8", latitude=51.4, longitude=6.7)
        put_centre(session, "mitte", "Mitte", time_zone="Nowhere/Known")
        for number in range(7):
            starts_at = SOON + timedelta(hours=max(0, number - 2))
            centre = "hamborn" if number % 2 else "mitte"
            said = {"theme": "family", "state": "cancelled" if number == 6 else "published"}
            event_id = put_event(session, f"Termin {number}", centre=centre, starts_at=starts_at, **said)
        words = {"centre_id": centre, "id": new_id(), "event_id": event_id, "language": "tr", "title": "Randevu"}
        _insert(session, EventText, {**words, "summary": "", "description": ""})
        space = {"centre_id": "mitte", "id": new_id(), "name": "Saal", "kind": "multi_purpose", "capacity": 80}
        _insert(session, Space, space)
        hours = {"opens_local": "00:00", "closes_local": "00:00", "kind": "open"}
        _insert(session, OpeningHours, {"centre_id": "mitte", "id": new_id(), **hours})
    return database


def _insert(session: Any, kind: Any, row: dict[str, Any]) -> None:
    session.connection().execute(insert(kind.__table__), [row])


def walk(client: FlaskClient, **asked: Any) -> Iterator[dict[str, Any]]:
    """Yield the events of all pages."""
    following: str | None = ""
    while following is not None:
        page: Any = client.get("/api/1/events?" + urlencode({**asked, "weiter": following})).json
        yield from page["items"]
        following = page["next"]


@pytest.mark.parametrize(
    ("address", "shape"),
    [
        ("/api/1/events", events.EventPage),
        ("/api/1/centres", centres.CentreList),
        ("/api/1/centres/mitte", centres.CentreShown),
        ("/api/1/centres/mitte/hours", centres.Hours),
        ("/api/1/centres/open-now", centres.OpenNowList),
        ("/api/1/spaces?personen=50", spaces.SpaceList),
        ("/api/1/free-spaces?personen=50&dauer=60", free_spaces.FreeSpaces),
        ("/api/1/city/districts", city.DistrictList),
        ("/api/1/city/themes", city.ThemeList),
    ],
)
def test_an_answer_is_what_the_description_says(
    client: FlaskClient, town: Database, address: str, shape: type[Schema]
) -> None:
    """Each field is known to the schema, and none is missing."""
    answer = client.get(address)
    assert answer.status_code == 200
    told: Any = answer.json
    assert told.keys() == shape().fields.keys()
    assert told.get("items", True)
    for item in told.get("items", ()):
        inner: Any = shape().fields["items"]
        assert item.keys() == inner.inner.schema.fields.keys()
    shape().load(told)


def test_the_description_lists_every_call_and_every_filter(client: FlaskClient) -> None:
    """With all arguments of the calendar's pages."""
    told: Any = client.get("/api/1/openapi.json").json
    assert told["openapi"].startswith("3.")
    assert {"/api/1/events", "/api/1/centres/open-now", "/api/1/city/districts"} <= told["paths"].keys()
    asked = {one["name"]: one for one in told["paths"]["/api/1/events"]["get"]["parameters"]}
    assert set(ARGUMENTS.values()) <= asked.keys()
    assert all(asked[name].get("description") for name in ARGUMENTS.values())


@pytest.mark.parametrize("number", [1, 2, 3, 4, 200])
def test_pages_give_every_event_once(client: FlaskClient, town: Database, number: int) -> None:
    """However large they are, and however many events begin at the same instant."""
    found = [item["id"] for item in walk(client, anzahl=number)]
    assert len(found) == len(set(found)) == 7


def test_pages_are_narrowed_as_the_calendar_is(client: FlaskClient, town: Database) -> None:
    """The same arguments, on every page."""
    assert [one["title"] for one in walk(client, anzahl=1, bezirk="Hamborn")] == ["Termin 1", "Termin 3", "Termin 5"]


def test_an_event_comes_with_its_place_and_its_other_languages(client: FlaskClient, town: Database) -> None:
    """Instants in UTC, a cancelled one as cancelled, under an address that a person can open."""
    last = list(walk(client))[-1]
    assert last["state"] == "cancelled"
    assert last["starts_at"] == to_wire(SOON + timedelta(hours=4))
    assert (last["theme"], last["theme_label"]) == ("family", "Familie")
    assert last["translations"]["tr"]["title"] == "Randevu"
    assert last["where"]["district"] == "Mitte"
    assert client.get(last["url"]).status_code == 200
    alone = client.get(f"/api/1/events/{last['centre_id']}/{last['id']}").json
    assert alone == last


def test_the_answer_does_not_depend_on_the_language_of_who_asks(client: FlaskClient, town: Database) -> None:
    """It may lie in a cache for everybody."""
    german = client.get("/api/1/events")
    client.set_cookie("stadtherz_sprache", "en")
    assert client.get("/api/1/events").data == german.data
    assert german.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in german.headers


def test_who_has_it_already_gets_no_body_and_scripts_of_other_sites_may_ask(
    client: FlaskClient, town: Database
) -> None:
    """The mark changes with the content."""
    first = client.get("/api/1/events")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/1/events", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    with town.transaction() as session:
        put_event(session, "Neu", centre="mitte", starts_at=SOON)
    assert client.get("/api/1/events", headers=known).status_code == 200


@pytest.mark.parametrize(
    ("address", "code", "reason"),
    [
        ("/api/1/events?bezirc=Mitte", 422, "unknown_argument"),
        ("/api/1/events?ab=morgen", 422, "unprocessable_entity"),
        ("/api/1/events?anzahl=201", 422, "unprocessable_entity"),
        ("/api/1/events?weiter=2026-11-23T08:00:00Z", 422, "cursor_unknown"),
        ("/api/1/events?weiter=gestern~1", 422, "cursor_unknown"),
        ("/api/1/free-spaces?von=abends", 422, "unprocessable_entity"),
        ("/api/1/free-spaces?dauer=0", 422, "unprocessable_entity"),
        ("/api/1/events/mitte/nothing", 404, "event_unknown"),
        ("/api/1/centres/nothing", 404, "centre_unknown"),
        ("/api/1/centres/nothing/hours", 404, "centre_unknown"),
    ],
)
def test_a_no_is_told_as_data(client: FlaskClient, town: Database, address: str, code: int, reason: str) -> None:
    """The status, a stable reason, a sentence; readable for scripts of other sites too."""
    answer = client.get(address)
    told: Any = answer.json
    assert (answer.status_code, told["code"], told["reason"]) == (code, code, reason)
    assert told["message"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_can_be_changed(client: FlaskClient, town: Database) -> None:
    """There is only reading."""
    assert client.post("/api/1/events", json={}).status_code == 405
    assert "POST" not in client.options("/api/1/events").headers["Access-Control-Allow-Methods"]


def test_open_now_tells_open_from_not_told(client: FlaskClient, town: Database) -> None:
    """A house that has told no hours is not called closed."""
    told: Any = client.get("/api/1/centres/open-now").json
    assert {one["centre_id"]: one["open"] for one in told["items"]} == {"mitte": True, "hamborn": None}
    narrowed: Any = client.get("/api/1/centres/open-now?bezirk=Mitte").json
    assert [one["centre_id"] for one in narrowed["items"]] == ["mitte"]


def test_the_page_for_people_shows_examples_that_work(client: FlaskClient, town: Database) -> None:
    """Each address on it answers."""
    page = client.get("/schnittstelle").text
    links = [part.split('"')[0] for part in page.split('href="')[1:] if "/api/1/" in part.split('"')[0]]
    assert len(links) >= 7
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_free_spaces_say_what_fits_and_how_old_that_is(client: FlaskClient, town: Database) -> None:
    """In the arguments of the room finder's page; the house was never proven to be whole."""
    told: Any = client.get("/api/1/free-spaces?personen=60&dauer=60&zentrum=mitte").json
    (space,) = told["items"]
    assert (space["name"], space["seats"], space["as_of"]) == ("Saal", 80, None)
    assert client.get(space["url"]).status_code == 200
    assert client.get("/api/1/free-spaces?personen=500").json["items"] == []


@pytest.mark.parametrize("asked", ["events?ab=", "events?bis=", "free-spaces?tag="])
@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_a_day_beyond_all_calendars_is_refused(client: FlaskClient, asked: str, day: str) -> None:
    """An instant in such a year cannot be told."""
    assert client.get(f"/api/1/{asked}{day}").status_code == 422
