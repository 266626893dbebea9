"""A house that was revoked: what it told stays to be read, nothing of it is offered any more."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.network.models import Member
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import put_event
from tests.hub.finder.conftest import ask, put_house, put_space

NOTE = "gehört nicht mehr zum Netz"


def member(centre_id: str, **said: Any) -> Member:
    """Return a member of the network."""
    return Member(centre_id=centre_id, name=centre_id, public_key="k" * 60, admitted_at=now(), **said)


def test_the_finder_answers_for_members_alone(session: Session) -> None:
    """Nor does it say why the rooms of a house that left do not fit."""
    for centre_id, revoked_at in (("here", None), ("left", now())):
        put_house(session, centre_id)
        put_space(session, centre_id=centre_id)
        put_space(session, "Lager", centre_id=centre_id, bookable=False)
        session.add(member(centre_id, revoked_at=revoked_at))
    session.flush()
    found = ask(session)
    assert [one.centre_id for one in found.answers] == ["here"]
    assert [(one.number, one.examples[0]["centre_id"]) for one in found.unfit] == [(1, "here")]
    assert ask(session, centre="left").total == 0


@pytest.fixture
def left(database: Database) -> dict[str, str]:
    """A house with a room and an event to register for, revoked; the addresses of their pages."""
    with database.transaction() as session:
        put_house(session, phone="0203 123")
        space_id = put_space(session, "Großer Saal", capacity=80)
        event_id = put_event(session, "Ball", centre="hamborn", starts_at=now(), registration="required")
        session.add(member("hamborn", revoked_at=now()))
    return {"space": f"/raeume/hamborn/{space_id}", "event": f"/veranstaltung/hamborn/{event_id}"}


def test_the_page_of_its_room_has_no_free_times(client: FlaskClient, left: dict[str, str]) -> None:
    """It says why, and does not tell how to ask."""
    page = client.get(left["space"]).text
    assert NOTE in page
    assert "week__time" not in page
    assert "0203" not in page
    assert "hamborn" not in client.get("/raeume").text


def test_the_page_of_the_house_leads_to_no_room(client: FlaskClient, left: dict[str, str]) -> None:
    """Its rooms can be read about; whether it is open now is not claimed."""
    page = client.get("/zentren/hamborn").text
    assert NOTE in page
    assert "Großer Saal" in page
    assert "nicht zu buchen" in page
    assert "/raeume?zentrum=hamborn" not in page
    assert left["space"] not in page
    assert "open-now" not in page


def test_its_event_stays_but_asks_nobody_to_register(client: FlaskClient, left: dict[str, str]) -> None:
    """The calendar still has it, with a warning on its page."""
    assert "Ball" in client.get("/kalender").text
    page = client.get(left["event"]).text
    assert NOTE in page
    assert "Anmeldung" not in page


def test_programs_are_told_the_same(client: FlaskClient, left: dict[str, str]) -> None:
    """No free time, a room that cannot be booked, and a house of which nobody knows whether it is open."""
    answer: Any = client.get("/api/1/free-spaces").json
    assert answer["total"] == 0
    spaces: Any = client.get("/api/1/spaces").json
    assert [(one["name"], one["bookable"]) for one in spaces["items"]] == [("Großer Saal", False)]
    open_now: Any = client.get("/api/1/centres/open-now").json
    assert [one["open"] for one in open_now["items"]] == [None]
