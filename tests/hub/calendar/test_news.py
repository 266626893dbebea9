"""The Atom feed of the calendar: what is new or changed comes first."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from shared.database import Database
from shared.time import now, to_wire
from tests.hub.calendar.conftest import put_centre, put_event

ATOM = "{http://www.w3.org/2005/Atom}"
AT = now()


@pytest.fixture
def city(database: Database) -> Database:
    """Two houses; what takes place last was changed last."""
    with database.transaction() as session:
        put_centre(session, "hamborn", "Hamborn", name="Haus Hamborn")
        put_centre(session, "mitte", "Mitte", name="Haus Mitte")
        for number, title in enumerate(("Frühstück", "Chor", "Fest")):
            said = {"starts_at": AT + timedelta(days=number), "updated_at": AT - timedelta(days=9 - number)}
            put_event(session, title, centre="mitte" if title == "Chor" else "hamborn", **said)
    return database


def entries(client: FlaskClient, address: str = "/kalender.atom") -> list[ET.Element]:
    """Return the entries of a feed."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ET.fromstring(answer.data).findall(f"{ATOM}entry")


def test_what_was_changed_last_comes_first(client: FlaskClient, city: Database) -> None:
    """With the time of the change, and a link to the page."""
    found = entries(client)
    assert [entry.findtext(f"{ATOM}title") for entry in found] == ["Fest", "Chor", "Frühstück"]
    assert found[0].findtext(f"{ATOM}updated") == to_wire(AT - timedelta(days=7))
    link = found[0].find(f"{ATOM}link")
    assert link is not None
    assert client.get(link.attrib["href"]).status_code == 200


def test_a_feed_is_narrowed_as_the_list_is(client: FlaskClient, city: Database) -> None:
    """The same arguments."""
    (entry,) = entries(client, "/kalender.atom?bezirk=Mitte")
    assert entry.findtext(f"{ATOM}title") == "Chor"


def test_a_cancellation_is_news(client: FlaskClient, city: Database) -> None:
    """With its reason."""
    with city.transaction() as session:
        said = {"starts_at": AT + timedelta(days=5), "updated_at": AT, "state": "cancelled"}
        put_event(session, "Ausflug", centre="mitte", cancel_reason="Krankheit", **said)
    first = entries(client)[0]
    assert (first.findtext(f"{ATOM}summary") or "").startswith("Abgesagt: Krankheit\n")


def test_an_unchanged_feed_has_no_body_and_scripts_of_other_sites_may_read_it(
    client: FlaskClient, city: Database
) -> None:
    """304 for whoever has it already."""
    first = client.get("/kalender.atom")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/kalender.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
