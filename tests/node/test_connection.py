"""The connection indicator: an icon, a word and a time on every page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.app import create_app
from node.config import NodeConfig
from node.core.connection import describe
from node.core.db import transaction
from node.link import set_link
from shared.keys import open_install
from shared.time import now

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Status:
    """What a link tells."""

    state: str
    since: datetime | None = None
    waiting: int = 0
    agreed_at: datetime | None = None


def ago(**span: int) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status("agreed", agreed_at=ago(minutes=2)), "Abgeglichen vor 2 Min."),
        (Status("agreed", agreed_at=ago(seconds=3)), "Abgeglichen gerade eben"),
        (Status("delayed", since=ago(minutes=1), waiting=12), "Verzögert, 12 warten"),
        (Status("offline", since=ago(minutes=75)), "Keine Verbindung seit 08:45"),
        (Status("offline", since=ago(days=3), waiting=4), "Keine Verbindung seit Fr., 20.11. 10:00, 4 warten"),
        (Status("offline"), "Keine Verbindung"),
        (Status("off", since=ago(hours=1), waiting=1), "Verbindung ausgeschaltet, 1 warten"),
        (Status("fenced"), "Verbindung angehalten: bitte die Administration fragen"),
    ],
)
def test_each_state_has_its_words(app: Flask, status: Status, words: str) -> None:
    """A glance tells how the link stands and since when."""
    with app.test_request_context():
        assert describe(status, NOW).text.replace("\xa0", " ") == words


def test_each_state_has_its_own_icon(app: Flask) -> None:
    """States differ by shape, not only by colour."""
    with app.test_request_context():
        shown = [describe(Status(state), NOW) for state in ("agreed", "delayed", "offline", "off", "fenced")]
    assert len({indicator.icon for indicator in shown}) == len(shown)


def test_a_house_without_a_city_says_so(client: FlaskClient) -> None:
    """Until the hub's key is set there is nothing to be connected with."""
    assert "Mit keiner Stadt verbunden" in client.get("/anmelden").text


def test_the_state_is_asked_for_with_a_mark(config: NodeConfig, tmp_path: object) -> None:
    """Pages that stay open ask again; unchanged is 304, and a switched link is a new answer."""
    key = open_install(config.data_folder / "hub.key", "h" * 12).public_key.text
    app = create_app(NodeConfig(**{**vars(config), "hub_public_key": key}))
    client = app.test_client()
    first = client.get("/verbindung.json")
    assert first.json is not None
    assert first.json["state"] == "offline"
    assert first.json["text"] in client.get("/anmelden").text
    mark = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/verbindung.json", headers=mark).status_code == 304
    with app.app_context(), transaction() as session:
        set_link(session, on=False, now=now())
    changed = client.get("/verbindung.json", headers=mark)
    assert changed.json is not None
    assert changed.json["text"] == "Verbindung ausgeschaltet"
    app.extensions["stadtherz.database"].dispose()
