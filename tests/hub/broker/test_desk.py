"""The broker's rights at the network desk, and the job behind it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.config import HubConfig
from hub.core import jobs
from hub.core.accounts import Role
from hub.core.broker import BrokerUnreachable, standing
from hub.network import rights_jobs
from hub.network.models import Member
from shared.database import Database
from shared.time import now
from tests.system.brokers import SecureMosquitto

KEY = "ed25519:" + "A" * 43


@pytest.fixture
def mosquitto(config: HubConfig, tmp_path: Path) -> Iterator[SecureMosquitto]:
    """The broker of this hub, not started."""
    made = SecureMosquitto(tmp_path, config)
    yield made
    made.stop()


@pytest.fixture
def managing(app: Flask, mosquitto: SecureMosquitto) -> Flask:
    """The hub's app, with the settings that `prepare` has written."""
    app.extensions["stadtherz.config"] = mosquitto.config
    return app


def join(database: Database, centre_id: str, *, revoked: bool = False) -> None:
    with database.transaction() as session:
        member = Member(centre_id=centre_id, name=centre_id.title(), public_key=KEY, admitted_at=now())
        member.access_number, member.revoked_at = 1, now() if revoked else None
        session.add(member)


def test_a_hub_that_manages_nothing_says_so(signed_in: FlaskClient, app: Flask) -> None:
    """No card on the overview, no job, and the page says whose task it is."""
    assert "Rechte beim Vermittler" not in signed_in.get("/netz").text
    assert "broker-rights" not in jobs.names(app)
    assert "Wer den Vermittler betreut" in signed_in.get("/netz/broker").text


@pytest.mark.service("mosquitto")
def test_the_desk_shows_what_waits_and_that_it_is_done(
    managing: Flask, mosquitto: SecureMosquitto, database: Database, signed_in: FlaskClient
) -> None:
    """Not compared, no answer, all as it should be: in words, on the overview and on its own page."""
    join(database, "hochfeld")
    join(database, "marxloh", revoked=True)
    assert "Noch nicht verglichen" in signed_in.get("/netz").text
    answer = signed_in.post("/netz/broker/vergleichen", follow_redirects=True).text
    assert "konnte nicht gefragt werden" in answer
    assert "Der Vermittler antwortet nicht" in signed_in.get("/netz").text
    mosquitto.start()
    answer = signed_in.post("/netz/broker/vergleichen", follow_redirects=True).text
    assert "Alles ist, wie es sein soll." in answer
    assert "Zertifikat des Vermittlers gültig bis" in answer
    assert "Wie sie sein sollen" in signed_in.get("/netz").text


@pytest.mark.service("mosquitto")
def test_who_waits_is_named(
    managing: Flask, mosquitto: SecureMosquitto, database: Database, signed_in: FlaskClient
) -> None:
    """With the centre's name, and how many they are."""
    join(database, "hochfeld")
    found = standing.Standing(now(), now(), missing=("node-hochfeld",), surplus=("node-marxloh", "sensor-marxloh"))
    standing.keep(managing, replace(found, certificate_ends_at=now()))
    page = signed_in.get("/netz/broker").text
    for words in ("Noch einzulassen (1)", "node-hochfeld", "Hochfeld", "Noch zu trennen (2)", "läuft bald ab"):
        assert words in page
    assert "Werden berichtigt" in signed_in.get("/netz").text


@pytest.mark.service("mosquitto")
def test_a_round_without_an_answer_fails_so_that_the_alarms_hear_of_it(managing: Flask) -> None:
    """The job notes what it knows first."""
    with managing.app_context(), pytest.raises(BrokerUnreachable):
        rights_jobs.compare()
    found = standing.last(managing)
    assert found is not None
    assert "nobody listens" in found.reason


def test_a_planner_may_look_and_not_act(sign_in: Callable[..., FlaskClient]) -> None:
    """As everywhere at the desk."""
    planner = sign_in(Role.PLANNER)
    assert planner.get("/netz/broker").status_code == 200
    assert planner.post("/netz/broker/vergleichen").status_code == 403
