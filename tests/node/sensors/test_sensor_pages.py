"""Setting up a sensor, and the address at which it hands in what it counted."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from node.sensors import service
from node.visits.models import HourCount, MeasuredHour
from shared.broker_users import sensor_password
from shared.database import Database
from shared.time import now, to_wire
from tests.node.sensors.messages import body, message

SAID = {"name": "Haupteingang", "key": "eingang", "door": "", "kind": "event", "direction": "in", "percent": "100"}


@pytest.fixture
def token(signed_in: FlaskClient) -> str:
    """A sensor, set up on the pages, with its token as the page showed it once."""
    place = signed_in.post("/sensoren/neu", data=SAID | {"active": "y"}).location
    page = signed_in.post(f"{place}/schluessel").text
    shown = re.search(r"<code>([A-Za-z0-9_-]{43})</code>", page)
    assert shown
    assert shown[1] not in signed_in.get(place).text
    return shown[1]


def post(client: FlaskClient, token: str, *messages: object) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/sensoren/zaehlung", data=body(*messages), headers=headers)


def fresh(message_id: str, came_in: int) -> dict[str, Any]:
    return message(message_id, came_in, counted_at=to_wire(now()))


def test_a_sensor_hands_in_what_it_counted(client: FlaskClient, token: str, database: Database) -> None:
    """The answer names what is stored; the same again is confirmed and counts once."""
    for _ in range(2):
        answer = post(client, token, fresh("a", 4), {"id": "?"})
        assert (answer.status_code, answer.get_json()["accepted"]) == (200, ["a"])
        assert [(one["place"], one["reason"]) for one in answer.get_json()["refused"]] == [(1, "bad_id")]
    with database.reading() as session:
        assert session.scalars(select(MeasuredHour)).one().count == 4


def test_nothing_understood_is_told_as_such(client: FlaskClient, token: str, signed_in: FlaskClient) -> None:
    """422 with words, and a line in the list that staff see, until somebody has seen it."""
    answer = client.post("/sensoren/zaehlung", data=b"<xml>", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 422
    assert "&lt;xml&gt;" in signed_in.get("/sensoren").text
    signed_in.post("/sensoren/unverstanden/leeren")
    assert "&lt;xml&gt;" not in signed_in.get("/sensoren").text


@pytest.mark.parametrize("token", ["", "x", "ä" * 43, "Bearer"])
def test_without_a_valid_token_nothing_is_taken(client: FlaskClient, database: Database, token: str) -> None:
    """401, and nothing stored, not even as not understood."""
    answer = client.post("/sensoren/zaehlung", data=body(fresh("a", 4)), headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    with database.reading() as session:
        assert service.list_rejections(session) == []


def test_a_revoked_token_is_worth_nothing(client: FlaskClient, token: str, signed_in: FlaskClient) -> None:
    """The page's button ends it at once."""
    place = re.search(r'href="(/sensoren/[0-9a-f-]{36})"', signed_in.get("/sensoren").text)
    assert place
    signed_in.post(f"{place[1]}/schluessel/sperren")
    assert post(client, token, fresh("a", 4)).status_code == 401


def test_a_sensor_s_page_names_its_user_at_the_broker(app: Flask, signed_in: FlaskClient) -> None:
    """Where the city gave the node credentials: the sensors' password follows from the node's and does not tell it."""
    place = signed_in.post("/sensoren/neu", data=SAID | {"active": "y"}).location
    config = app.extensions["stadtherz.config"]
    assert "Anmeldename und Passwort der Sensoren" not in signed_in.get(place).text
    named = replace(config, broker_user=f"node-{config.centre_id}", broker_password="a password of the node")
    app.extensions["stadtherz.config"] = named
    page = signed_in.get(place).text
    assert f"sensor-{config.centre_id}" in page
    assert sensor_password("a password of the node") in page
    assert "a password of the node" not in page


def test_whoever_guesses_tokens_is_stopped(app: Flask, client: FlaskClient) -> None:
    """Twenty wrong ones a minute, then no more."""
    app.extensions["stadtherz.limiter"].enabled = True
    answers = [post(client, "wrong", fresh("a", 1)).status_code for _ in range(25)]
    assert answers[:20] == [401] * 20
    assert answers[-1] == 429


def test_no_csrf_token_is_asked_of_a_sensor(app: Flask, client: FlaskClient, token: str) -> None:
    """Its own token cannot be forged by a foreign page."""
    app.config["WTF_CSRF_ENABLED"] = True
    assert post(client, token, fresh("a", 1)).status_code == 200


def test_a_sensor_s_page_explains_how_it_sends(signed_in: FlaskClient) -> None:
    """With the address and the topic of this very sensor, ready to copy."""
    place = signed_in.post("/sensoren/neu", data=SAID).location
    page = signed_in.get(place).text
    assert "stadtherz/1/duisburg/sensor/alt-hamborn/eingang" in page
    assert "curl -X POST http://localhost/sensoren/zaehlung" in page


def test_what_counts_is_chosen_on_the_page(
    client: FlaskClient, token: str, signed_in: FlaskClient, database: Database
) -> None:
    """Touches first; after the choice the sensor's figure travels."""
    post(client, token, fresh("a", 4))
    with database.reading() as session:
        assert session.scalars(select(HourCount)).all() == []
    signed_in.post("/sensoren/quelle", data={"source": "sensors"})
    with database.reading() as session:
        assert session.scalars(select(HourCount)).one().count == 4


@pytest.mark.parametrize(
    "wrong", [{"key": "Ein Gang"}, {"key": ""}, {"percent": "0"}, {"percent": "x"}, {"name": " "}, {"kind": "party"}]
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(signed_in: FlaskClient, wrong: dict[str, str]) -> None:
    """The form comes back with what was typed."""
    answer = signed_in.post("/sensoren/neu", data=SAID | {"door": "Windfang"} | wrong)
    assert answer.status_code == 422
    assert 'value="Windfang"' in answer.text


def test_a_key_is_taken_once_and_a_sensor_can_be_changed(signed_in: FlaskClient) -> None:
    """The second one of a name is refused; the first gets another door."""
    place = signed_in.post("/sensoren/neu", data=SAID).location
    assert signed_in.post("/sensoren/neu", data=SAID).status_code == 422
    said = {name: value for name, value in SAID.items() if name != "key"} | {"door": "Hof"}
    assert signed_in.post(place, data=said).status_code == 302
    assert "Hof" in signed_in.get("/sensoren").text


def test_only_who_arranges_the_house_sees_sensors(sign_in: Callable[..., FlaskClient]) -> None:
    """Least rights."""
    assert sign_in("office").get("/sensoren").status_code == 200
    assert sign_in("reception").get("/sensoren").status_code == 403
