"""Marks that are remembered while nothing has changed: never a moment longer."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hub.calendar import catch_up, remembered, stamps
from hub.calendar.filters import Filters
from hub.centres.models import Centre
from hub.programme.models import Event
from hub.spaces.models import Space
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from tests.hub.calendar.conftest import put_centre, put_event

EVENTS: Any = Event.__table__
CENTRES: Any = Centre.__table__
SPACES: Any = Space.__table__
SOON = now() + timedelta(days=3)


def test_every_change_raises_the_stamp_of_its_house_alone(session: Session) -> None:
    """Added, changed, deleted; an event or the profile; on either engine."""
    put_centre(session, "mitte", "Mitte")
    put_centre(session, "hamborn", "Hamborn")
    seen = [dict(stamps.of(session, Filters()))]
    event_id = put_event(session, centre="mitte")
    changes = (
        update(EVENTS).where(EVENTS.c.id == event_id).values(description="neu"),
        delete(EVENTS).where(EVENTS.c.id == event_id),
        update(CENTRES).where(CENTRES.c.centre_id == "mitte").values(street="Weg 1"),
    )
    for change in changes:
        seen.append(dict(stamps.of(session, Filters())))
        session.connection().execute(change)
    seen.append(dict(stamps.of(session, Filters())))
    assert [one["mitte"] for one in seen] == sorted({one["mitte"] for one in seen})
    assert {one["hamborn"] for one in seen} == {1}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), {"hamborn", "mitte"}),
        (Filters(district="Mitte"), {"mitte"}),
        (Filters(quarter="Marxloh"), {"hamborn"}),
        (Filters(district="Mitte", quarter="Marxloh"), set()),
        (Filters(centre="mitte"), {"mitte"}),
        (Filters(theme="family"), {"hamborn", "mitte"}),
    ],
)
def test_a_feed_rests_on_the_houses_that_its_filters_may_find(
    session: Session, filters: Filters, found: set[str]
) -> None:
    """A change elsewhere costs its subscribers nothing."""
    put_centre(session, "mitte", "Mitte", quarter="Hochfeld")
    put_centre(session, "hamborn", "Hamborn", quarter="Marxloh")
    assert {centre_id for centre_id, _number in stamps.of(session, filters)} == found


def test_a_mark_is_found_once_and_again_when_what_it_rests_on_changes() -> None:
    """The oldest are forgotten when there are too many."""
    marks, found = remembered.Marks(), []

    def find() -> str:
        found.append("x")
        return f"mark {len(found)}"

    assert [marks.mark("a", 1, find), marks.mark("a", 1, find), marks.mark("a", 2, find)] == [
        "mark 1",
        "mark 1",
        "mark 2",
    ]
    for number in range(remembered.KEPT_MAX):
        marks.mark(number, 1, str)
    assert marks.mark("a", 2, find) == "mark 3"


@pytest.fixture
def quiet_city(app: Flask, database: Database) -> Database:
    """Two houses with an event each, and nothing waiting for the index."""
    with database.transaction() as session:
        put_centre(session, "hamborn", "Hamborn")
        put_centre(session, "mitte", "Mitte")
        put_event(session, "Frühstück", centre="hamborn", starts_at=SOON)
        put_event(session, "Chor", centre="mitte", starts_at=SOON)
    with app.app_context():
        catch_up()
    return database


MITTE = EVENTS.c.centre_id == "mitte"


@pytest.mark.parametrize(
    "change",
    [
        update(EVENTS).where(MITTE).values(title="Anders"),
        update(EVENTS).where(MITTE).values(state="cancelled"),
        update(EVENTS).where(MITTE).values(starts_at=SOON + timedelta(minutes=15)),
        delete(EVENTS).where(MITTE),
        update(CENTRES).where(CENTRES.c.centre_id == "mitte").values(name="Haus Mitte"),
    ],
)
@pytest.mark.parametrize("address", ["/kalender.ics", "/kalender.ics?bezirk=Mitte"])
def test_a_remembered_mark_ends_with_the_change(
    app: Flask, client: FlaskClient, quiet_city: Database, address: str, change: Any
) -> None:
    """Before the index has caught up and after."""
    mark = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
    with quiet_city.transaction() as session:
        session.connection().execute(change)
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200
    with app.app_context():
        catch_up()
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200


def test_a_change_elsewhere_changes_no_mark(client: FlaskClient, quiet_city: Database) -> None:
    """Nor does a new theme of another house."""
    mark = client.get("/kalender.ics?bezirk=Mitte").headers["ETag"]
    with quiet_city.transaction() as session:
        session.connection().execute(insert(EVENTS), [_row(session)])
    again = client.get("/kalender.ics?bezirk=Mitte", headers={"If-None-Match": mark})
    assert again.status_code == 304


@pytest.fixture
def festival(app: Flask, database: Database) -> Database:
    """A festival of one title in two houses, of which nothing says yet that it is one."""
    with database.transaction() as session:
        put_centre(session, "north", "Hamborn", name="Haus Nord")
        put_centre(session, "south", "Mitte", name="Haus Süd")
        hall = {"centre_id": "south", "id": new_id(), "name": "Saal", "kind": "multi_purpose"}
        session.connection().execute(insert(SPACES), [hall])
        put_event(session, "Fest", centre="north", starts_at=SOON)
        put_event(session, "Fest", centre="south", starts_at=SOON, space_id=hall["id"])
    with app.app_context():
        catch_up()
    return database


@pytest.mark.parametrize(
    ("asked", "change"),
    [
        ("barrierefrei=induction_loop", update(SPACES).values(accessibility=("induction_loop",))),
        ("bezirk=Mitte", update(EVENTS).where(EVENTS.c.centre_id == "north").values(partners="Haus Süd")),
    ],
    ids=["room", "twin"],
)
def test_what_stands_elsewhere_than_in_the_event_ends_a_mark_too(
    app: Flask, client: FlaskClient, festival: Database, asked: str, change: Any
) -> None:
    """Its room gets a loop; another house tells that it takes part."""
    before = client.get(f"/kalender.ics?{asked}")
    with festival.transaction() as session:
        session.connection().execute(change)
    with app.app_context():
        catch_up()
    after = client.get(f"/kalender.ics?{asked}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.text != before.text


def _row(session: Session) -> dict[str, Any]:
    """Return a new event like the one in Hamborn."""
    row = session.connection().execute(select(EVENTS).where(EVENTS.c.centre_id == "hamborn")).one()
    return {**row._asdict(), "id": "01900000-0000-7000-8000-000000000001", "title": "Neu"}
