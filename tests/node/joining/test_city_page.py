"""The page of the city in a house that exists: who sees it, a code typed there, and leaving."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.config import NodeConfig, load_node
from node.core.accounts import Role
from node.core.db import LEDGER
from node.joining import renewal
from node.link import status
from shared.database import Database
from shared.joining import fingerprint
from shared.joining.letters import Outcome, read_request
from shared.keys import open_install
from shared.time import now
from tests.node.joining.conftest import StandIn, refusing, welcoming


@pytest.fixture
def file(app: Flask, config: NodeConfig, tmp_path: Path, hub: StandIn) -> Path:
    """The settings of the running house; the hub knows it under its name."""
    made = tmp_path / "node.toml"
    made.write_text(f'centre_id = "alt-hamborn"\ncity = "duisburg"\ndata_folder = "{config.data_folder}"\n')
    app.extensions[renewal.FILE] = made
    hub.answering = lambda stand_in, body: welcoming(stand_in, body, centre_id="alt-hamborn", centre_name="Hamborn")
    return made


def test_only_who_leads_sees_the_page(sign_in: Callable[..., FlaskClient]) -> None:
    """It is one of the arrangements of the house."""
    assert "/stadt" in sign_in(Role.LEAD).get("/verwaltung").text
    assert sign_in(Role.OFFICE).get("/stadt").status_code == 403


def test_a_house_joins_by_its_page(hub: StandIn, file: Path, signed_in: FlaskClient, config: NodeConfig) -> None:
    """With its own name and keys; what the city told stands in its link file."""
    page = signed_in.get("/stadt").text
    install = open_install(config.key_file)
    assert fingerprint(install.instance, install.public_key.text) in page
    assert "gehört zu keiner Stadt" in page
    done = signed_in.post("/stadt", data={"code": hub.code.text}, follow_redirects=True)
    assert "Die Stadt hat den Code angenommen" in done.text
    assert read_request(hub.asked[0]).centre_id == "alt-hamborn"
    assert load_node(file, {}).hub_public_key == hub.hub.public_key.text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("stadt.example/AAAA", "nicht der ganze Code"),
        ("", "Beitrittscode"),
        (None, "Die Stadt kennt diesen Code nicht"),
    ],
    ids=["too short", "empty", "unknown"],
)
def test_what_is_wrong_stands_beside_the_code(
    hub: StandIn, file: Path, signed_in: FlaskClient, code: Any, said: str
) -> None:
    """And what was typed is kept; the house stays without a city."""
    hub.answering = refusing(Outcome.UNKNOWN)
    typed = hub.code.text if code is None else code
    page = signed_in.post("/stadt", data={"code": typed})
    assert (page.status_code, said in page.text, f'value="{typed}"' in page.text) == (422, True, True)
    assert load_node(file, {}).hub_public_key == ""


def test_settings_that_would_win_are_named(hub: StandIn, file: Path, signed_in: FlaskClient) -> None:
    """Before the city is asked."""
    file.write_text(file.read_text() + 'broker_host = "old.example"\n')
    page = signed_in.post("/stadt", data={"code": hub.code.text})
    assert (page.status_code, "broker_host" in page.text, hub.asked) == (422, True, [])


def test_a_house_leaves_by_its_page(
    hub: StandIn, app: Flask, file: Path, signed_in: FlaskClient, database: Database
) -> None:
    """After a question; the hub hears it, and the link is off."""
    signed_in.post("/stadt", data={"code": hub.code.text})
    app.extensions["stadtherz.config"] = load_node(file, {})
    assert "sendet ihm nichts" in signed_in.get("/stadt/austreten").text
    assert hub.calls == ["/beitritt"]
    done = signed_in.post("/stadt/austreten", follow_redirects=True)
    assert "arbeitet für sich weiter" in done.text
    assert hub.calls[-1] == "/anruf/austritt"
    with database.reading() as session:
        assert status(session, now(), LEDGER, "alt-hamborn").state == "off"


def test_a_house_that_cannot_tell_the_city_stays(hub: StandIn, app: Flask, file: Path, signed_in: FlaskClient) -> None:
    """It says so, and nothing was changed."""
    signed_in.post("/stadt", data={"code": hub.code.text})
    app.extensions["stadtherz.config"] = load_node(file, {})
    hub.stop()
    assert "Nichts wurde geändert" in signed_in.post("/stadt/austreten", follow_redirects=True).text
    assert load_node(file, {}).hub_public_key


def test_without_a_file_of_settings_the_page_names_the_command(signed_in: FlaskClient) -> None:
    """A process that does not watch its link file could not begin the link."""
    assert "stadtherz-node join" in signed_in.get("/stadt").text
