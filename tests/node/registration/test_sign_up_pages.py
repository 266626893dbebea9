"""Registering as the public does: without an account, without JavaScript, with a form that forgets nothing."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.tokens import hash_of
from node.programme.models import Event
from node.registration import service
from node.registration.models import Registration, State
from shared.database import Database
from shared.time import now
from tests.factories import ZONE
from tests.node.registration.conftest import join, make_gathering

AHEAD = now().astimezone(ZONE).date() + timedelta(days=20)  # the pages ask the clock
GROUP = {"name": "Ayşe Yılmaz", "adults": "2", "children": "1", "phone": "0203 123456", "needs": "Rollstuhl"}


@pytest.fixture
def gathering(database: Database) -> Event:
    """An event of four places in three weeks."""
    with database.transaction() as session:
        return make_gathering(session, places=4, day=AHEAD)


def token_on(page: str) -> str:
    found = re.search(r'name="form_token" type="hidden" value="([^"]+)"', page)
    assert found, page
    return found[1]


def send(client: FlaskClient, event: Event, **said: str):
    """Fill in the form as a browser does and send it."""
    token = token_on(client.get(f"/haus/programm/{event.id}/anmelden").text)
    return client.post(f"/haus/programm/{event.id}/anmelden", data={**GROUP, "form_token": token, **said})


def listed(database: Database) -> list[Registration]:
    with database.reading() as session:
        return list(session.scalars(select(Registration).order_by(Registration.id)))


def test_a_group_registers_and_sees_its_state_at_a_secret_link(
    client: FlaskClient, database: Database, gathering: Event
) -> None:
    """The page has the number and the link; the database has only a hash of the link."""
    answer = send(client, gathering)
    assert answer.status_code == 303
    page = client.get(answer.location)
    (made,) = listed(database)
    assert made.reference in page.text
    assert "Sie haben Ihre Plätze: 2 Erwachsene, 1 Kind" in page.text
    secret = answer.location.rsplit("/", 1)[1]
    assert made.link_hash == hash_of(secret)
    assert page.headers["Cache-Control"] == "no-store, private"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_sending_the_same_form_twice_registers_once(client: FlaskClient, database: Database, gathering: Event) -> None:
    """And leads to the same link."""
    token = token_on(client.get(f"/haus/programm/{gathering.id}/anmelden").text)
    sent = [
        client.post(f"/haus/programm/{gathering.id}/anmelden", data={**GROUP, "form_token": token}) for _ in range(2)
    ]
    assert sent[0].location == sent[1].location
    assert len(listed(database)) == 1


@pytest.mark.parametrize("token", ["", "made up", "W10.x"])
def test_a_form_that_is_not_ours_registers_nobody(
    client: FlaskClient, database: Database, gathering: Event, token: str
) -> None:
    """It comes back with everything that was typed and a token of ours, to be sent again."""
    answer = client.post(f"/haus/programm/{gathering.id}/anmelden", data={**GROUP, "form_token": token})
    assert answer.status_code == 422
    assert "Ayşe Yılmaz" in answer.text
    again = {**GROUP, "form_token": token_on(answer.text)}
    assert client.post(f"/haus/programm/{gathering.id}/anmelden", data=again).status_code == 303
    assert len(listed(database)) == 1


def test_a_form_of_another_event_is_not_ours_either(client: FlaskClient, database: Database, gathering: Event) -> None:
    """A token is good for one event."""
    with database.transaction() as session:
        other = make_gathering(session, day=AHEAD)
    token = token_on(client.get(f"/haus/programm/{other.id}/anmelden").text)
    assert send(client, gathering, form_token=token).status_code == 422


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"phone": "", "email": ""}, "eines genügt"),
        ({"phone": "", "email": "ayse"}, "name@example.org"),
        ({"phone": "ruf an"}, "Telefonnummer ein"),
        ({"adults": "0", "children": "0"}, "Mindestens eine Person"),
        ({"adults": "41"}, "von 0 bis 40"),
        ({"adults": "30", "children": "30"}, "Für mehr als 40"),
        ({"name": " "}, "Bitte nennen Sie uns einen Namen"),
        ({"homepage": "http://spam.example"}, "lassen Sie dieses Feld leer"),
        ({"needs": "x" * 501}, "500"),
        ({"language": "xx"}, "Please|Not a valid|gültig|Auswahl"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: FlaskClient, database: Database, gathering: Event, said: dict[str, str], words: str
) -> None:
    """Nobody types twice."""
    answer = send(client, gathering, **said)
    assert answer.status_code == 422
    assert re.search(words, answer.text)
    assert said.get("needs", "Rollstuhl") in answer.text
    assert listed(database) == []


def test_a_group_too_large_for_the_event_is_told_so_with_everything_typed(
    client: FlaskClient, gathering: Event
) -> None:
    """Five persons never fit into four places."""
    answer = send(client, gathering, adults="5", children="0")
    assert answer.status_code == 409
    assert "nur 4 Plätze" in answer.text
    assert "Rollstuhl" in answer.text


def test_a_full_event_offers_its_waiting_list(client: FlaskClient, database: Database, gathering: Event) -> None:
    """Before sending, and after it with how many wait before."""
    with database.transaction() as session:
        join(session, gathering, 3, now=now())
        join(session, gathering, 2, now=now())
    assert "Warteliste" in client.get(f"/haus/programm/{gathering.id}/anmelden").text
    page = client.get(send(client, gathering).location).text
    assert "Sie stehen auf der Warteliste: 2 Erwachsene, 1 Kind" in page
    assert "2 Personen warten vor Ihnen" in page


def test_an_offer_is_answered_at_the_link(client: FlaskClient, database: Database, gathering: Event) -> None:
    """With its deadline; declining gives the places on, and one can join again."""
    with database.transaction() as session:
        first = join(session, gathering, 4, now=now())
    link = send(client, gathering).location
    with database.transaction() as session:
        service.cancel_registration(session, first.id, now=now())
    page = client.get(link).text
    assert "Für Sie sind Plätze frei geworden" in page
    assert "Bitte antworten Sie bis" in page
    assert client.post(f"{link}/annehmen").status_code == 303
    assert "Sie haben Ihre Plätze" in client.get(link).text
    assert client.post(f"{link}/ablehnen").status_code == 409
    assert listed(database)[1].state == State.REGISTERED


def test_looking_at_the_decline_page_changes_nothing(client: FlaskClient, database: Database, gathering: Event) -> None:
    """Programs follow links; only the button there gives the places up."""
    link = send(client, gathering).location
    assert "Ja, wir kommen nicht" in client.get(f"{link}/nicht-kommen").text
    assert listed(database)[0].state == State.REGISTERED
    assert client.get(f"{link}/absagen").status_code == 405
    client.post(f"{link}/absagen")
    assert listed(database)[0].state == State.CANCELLED
    assert "schon gesagt" in client.get(f"{link}/nicht-kommen").text
    client.post(f"{link}/wieder")
    assert listed(database)[0].state == State.REGISTERED


def test_the_number_of_persons_is_changed_at_the_link(
    client: FlaskClient, database: Database, gathering: Event
) -> None:
    """Within what is free, else everything stays and the page says how many are."""
    link = send(client, gathering).location
    assert client.post(f"{link}/personen", data={"adults": "4", "children": "0"}).status_code == 303
    assert client.post(f"{link}/personen", data={"adults": "x", "children": "0"}).status_code == 422
    with database.transaction() as session:
        service.change_group(session, listed(database)[0].id, 2, 0, now=now())
        join(session, gathering, 1, now=now())
    refused = client.post(f"{link}/personen", data={"adults": "4", "children": "0"})
    assert refused.status_code == 409
    assert "Nur 1 weiterer Platz" in refused.text or "Nur ein" in refused.text
    assert listed(database)[0].persons == 2


@pytest.mark.parametrize("path", ["", "/nicht-kommen"])
def test_a_link_that_leads_nowhere_is_no_page(client: FlaskClient, path: str) -> None:
    """Whatever was guessed."""
    assert client.get(f"/haus/anmeldung/{'0' * 32}{path}").status_code == 404


def test_nobody_registers_for_a_draft_or_what_is_cancelled(client: FlaskClient, database: Database) -> None:
    """A draft is no page at all; the other says why."""
    with database.transaction() as session:
        draft = make_gathering(session, day=AHEAD, published=False)
        past = make_gathering(session, day=AHEAD - timedelta(days=40))
    assert client.get(f"/haus/programm/{draft.id}/anmelden").status_code == 404
    page = client.get(f"/haus/programm/{past.id}/anmelden").text
    assert "vorbei" in page
    assert "form_token" not in page


def test_the_form_is_limited_by_address(app: Flask, database: Database, gathering: Event) -> None:
    """Ten a minute; nobody fills a house with a program."""
    app.config["RATELIMIT_ENABLED"] = True
    app.extensions["stadtherz.limiter"].enabled = True
    client = app.test_client()
    codes = [client.post(f"/haus/programm/{gathering.id}/anmelden", data=GROUP).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_the_pages_speak_english_too(client: FlaskClient, gathering: Event) -> None:
    """The visitor's choice."""
    client.set_cookie("stadtherz_sprache", "en")
    assert "How can we reach you?" in client.get(f"/haus/programm/{gathering.id}/anmelden").text
    assert "You have your places: 2 adults, 1 child" in client.get(send(client, gathering).location).text
