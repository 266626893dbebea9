"""The programme as staff use it: write, publish, find, copy, cancel."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.programme.forms import cents_of
from node.programme.models import Event
from node.spaces.models import Space
from node.themes.models import Theme
from shared.database import Database
from shared.time import now
from tests.factories import DAY, ZONE, make_booking, make_event, make_space

AHEAD = now().astimezone(ZONE).date() + timedelta(days=30)  # the list asks the clock what is coming


def typed(**said: str) -> dict[str, str]:
    """Return what somebody types into the form."""
    usual = {"title": "Nähkurs", "day": DAY.isoformat(), "starts": "10:00", "ends": "12:00"}
    return {**usual, "kind": "offer", "attendance": "on_site", "space_id": "", "theme": "", **said}


def only_event(database: Database) -> Event:
    with database.transaction() as session:  # objects of a writing session can be read after it
        return session.scalars(select(Event)).one()


@pytest.fixture
def hall(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, "Saal")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("3", 300),
        ("3,5", 350),
        ("3.50", 350),
        ("12,05 €", 1205),
        ("0", 0),
        ("3,555", None),
        ("-1", None),
        ("drei", None),
    ],
)
def test_euros_are_typed_as_people_do(text: str, cents: int | None) -> None:
    """Comma or point, with or without the sign; anything else is asked again."""
    assert cents_of(text) == cents


def test_an_event_is_written_with_its_space_and_published(
    signed_in: FlaskClient, database: Database, hall: Space
) -> None:
    """One form writes the event, books the space and publishes."""
    data = typed(space_id=hall.id, cost="3,50", theme="family", publish="1", target_groups="families")
    answer = signed_in.post("/programm/neu", data=data)
    assert answer.status_code == 302
    event = only_event(database)
    assert (event.state, event.cost_cents, event.theme) == ("published", 350, "family")
    assert event.target_groups == ("families",)
    page = signed_in.get(answer.location).text
    assert "3,50" in page
    assert "Saal" in page
    assert "Nähkurs" in signed_in.get(f"/buchungen?tag={DAY}").text


@pytest.mark.parametrize(("said", "cents"), [({}, 0), ({"cost_note": "Spende"}, None), ({"cost": "2"}, 200)])
def test_no_cost_is_free_unless_the_note_says_it(
    signed_in: FlaskClient, database: Database, said: dict[str, str], cents: int | None
) -> None:
    """An empty amount is free of charge; with only a note the amount is unknown."""
    signed_in.post("/programm/neu", data=typed(**said))
    assert only_event(database).cost_cents == cents


def test_a_taken_space_is_explained_and_an_alternative_is_one_click(
    signed_in: FlaskClient, database: Database, hall: Space
) -> None:
    """The form keeps what was typed, names what is in the way and offers other times."""
    with database.transaction() as session:
        make_booking(session, hall, "10:00", "12:00", AHEAD, title="Chorprobe")
    data = typed(space_id=hall.id, summary="Für alle", day=AHEAD.isoformat())
    answer = signed_in.post("/programm/neu", data=data)
    assert answer.status_code == 409
    assert "Chorprobe" in answer.text
    assert 'value="Für alle"' in answer.text
    offered = re.findall(r'name="instead" value="([^"]+)"', answer.text)
    assert signed_in.post("/programm/neu", data={**data, "instead": offered[0]}).status_code == 302
    assert only_event(database).space_id == hall.id


@pytest.mark.parametrize(
    "said",
    [{"title": ""}, {"cost": "viel"}, {"ends": "09:00"}, {"online_url": "javascript:alert(1)"}, {"day": "gestern"}],
)
def test_wrong_input_is_asked_again_and_nothing_is_lost(
    signed_in: FlaskClient, database: Database, said: dict[str, str]
) -> None:
    """Each mistake comes back with the rest of the form as it was typed."""
    answer = signed_in.post("/programm/neu", data=typed(organiser="Bürgerverein", **said))
    assert answer.status_code == 422
    assert 'value="Bürgerverein"' in answer.text
    with database.reading() as session:
        assert session.scalars(select(Event)).all() == []


def test_a_draft_is_changed_published_and_cancelled_on_its_page(signed_in: FlaskClient, database: Database) -> None:
    """The way of an event from the first note to its cancellation, which needs a reason."""
    with database.transaction() as session:
        address = f"/programm/{make_event(session, published=False).id}"
    signed_in.post(f"{address}/bearbeiten", data=typed(title="Lesung"))
    signed_in.post(f"{address}/veroeffentlichen")
    assert signed_in.post(f"{address}/absagen", data={"reason": ""}).status_code == 422
    signed_in.post(f"{address}/absagen", data={"reason": "Die Autorin ist krank"})
    event = only_event(database)
    assert (event.title, event.state) == ("Lesung", "cancelled")
    assert "Die Autorin ist krank" in signed_in.get(address).text


def test_a_draft_can_be_deleted(signed_in: FlaskClient, database: Database) -> None:
    """Nothing stays of a draft that is thrown away."""
    with database.transaction() as session:
        address = f"/programm/{make_event(session, published=False).id}"
    signed_in.post(f"{address}/verwerfen")
    assert signed_in.get(address).status_code == 404


def test_a_copy_fills_the_form_a_week_later(signed_in: FlaskClient, database: Database) -> None:
    """Copying is the form of a new event with everything in it."""
    with database.transaction() as session:
        event = make_event(session, "Repair-Café", cost_cents=150)
    page = signed_in.get(f"/programm/neu?wie={event.id}").text
    assert 'value="Repair-Café"' in page
    assert f'value="{DAY + timedelta(days=7)}"' in page
    assert 'value="1,50"' in page


def test_the_list_is_parted_and_searched(signed_in: FlaskClient, database: Database) -> None:
    """Coming, over and drafts are apart; words narrow each of them, umlauts in either case."""
    with database.transaction() as session:
        make_event(session, "Übungsabend", day=AHEAD)
        make_event(session, "Chorprobe", day=AHEAD)
        make_event(session, "Altes Fest", day=AHEAD - timedelta(days=400))
        make_event(session, "Idee", published=False)
    coming = signed_in.get("/programm").text
    assert "Chorprobe" in coming
    assert "Altes Fest" not in coming
    assert "Idee" not in coming
    found = signed_in.get("/programm?wort=übung").text
    assert "Übungsabend" in found
    assert "Chorprobe" not in found
    assert "Altes Fest" in signed_in.get("/programm?ansicht=vergangen").text
    assert "Idee" in signed_in.get("/programm?ansicht=entwuerfe").text


def test_a_long_programme_comes_in_pages(signed_in: FlaskClient, database: Database) -> None:
    """Thirty events a page, the rest on the next."""
    with database.transaction() as session:
        for number in range(31):
            make_event(session, f"Termin Nr. {number:02}", day=AHEAD + timedelta(days=number))
    assert "Termin Nr. 30" not in signed_in.get("/programm").text
    assert "Termin Nr. 30" in signed_in.get("/programm?seite=2").text


def test_themes_come_from_the_city_once_it_has_sent_some(signed_in: FlaskClient, database: Database) -> None:
    """Until then the form has the list that every city begins with."""
    assert "Willkommenskultur" in signed_in.get("/programm/neu").text
    with database.transaction() as session:
        session.add(Theme(key="hafen", label_de="Hafen", label_en="Port", rank=1, active=True))
    page = signed_in.get("/programm/neu").text
    assert "Hafen" in page
    assert "Willkommenskultur" not in page
