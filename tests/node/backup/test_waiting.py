"""A house recovered without the hub: closed until the list of erasures was applied, or the lead answers for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.backup import jobs, waiting
from node.backup.waiting import Waiting
from node.config import NodeConfig
from node.core.jobs import run_now
from shared.errors import ConfigError

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def waits(config: NodeConfig) -> Iterator[Waiting]:
    """The note beside the database."""
    noted = Waiting(AT, None)
    config.data_folder.mkdir(exist_ok=True)
    yield noted
    (config.data_folder / waiting.FILE).unlink(missing_ok=True)


def test_a_house_that_waits_shows_nothing(config: NodeConfig, signed_in: FlaskClient, waits: Waiting) -> None:
    """Neither to staff nor to the public nor to programs; the pulse, the sign-in and the reason stay."""
    waiting.begin(config.data_folder, waits)
    client = signed_in.application.test_client()
    for path in ("/heute", "/datenschutz", "/programm", "/api/1/spaces", "/besuche"):
        assert (signed_in.get(path).status_code, client.get(path).status_code) == (503, 503), path
    for path in ("/healthz", "/anmelden", "/sicherung/wartet"):
        assert client.get(path).status_code == 200, path
    assert "Stadt" in client.get("/heute").text
    assert client.get("/api/1/spaces").json["code"] == 503


def test_the_lead_can_open_it_on_their_own_answer(config: NodeConfig, signed_in: FlaskClient, waits: Waiting) -> None:
    """With a tick, and a line in the log; nothing is sent all the same."""
    waiting.begin(config.data_folder, waits)
    assert signed_in.post("/sicherung/wartet", data={}).status_code == 422
    assert signed_in.get("/heute").status_code == 503
    assert signed_in.post("/sicherung/wartet", data={"answers": "y"}).status_code == 302
    assert signed_in.get("/heute").status_code == 200
    assert not waiting.may_speak(config)
    assert "recovery" in signed_in.get("/protokoll").text


def test_a_recovery_that_was_broken_off_begins_no_empty_house(tmp_path: Path) -> None:
    """The note is there before the database: with the note alone, the way on is to recover again."""
    waiting.refuse_half_recovered(tmp_path)
    waiting.begin(tmp_path, Waiting(AT, None))
    with pytest.raises(ConfigError, match="recover` again"):
        waiting.refuse_half_recovered(tmp_path)
    (tmp_path / "node.sqlite").touch()
    waiting.refuse_half_recovered(tmp_path)


def test_nobody_else_can_open_it(config: NodeConfig, app: Flask, waits: Waiting) -> None:
    """A visitor is asked to sign in."""
    waiting.begin(config.data_folder, waits)
    answer = app.test_client().post("/sicherung/wartet", data={"answers": "y"})
    assert answer.status_code in (302, 401)
    found = waiting.find(config.data_folder)
    assert found is not None
    assert not found.opened


def test_without_a_hub_the_job_changes_nothing(app: Flask, config: NodeConfig, waits: Waiting) -> None:
    """It asks again every minute."""
    waiting.begin(config.data_folder, waits)
    run_now(app, "erasures")
    assert waiting.find(config.data_folder) == waits
    assert jobs.LIST_EVERY_S == 60


def test_a_house_that_waits_for_nothing_is_open(client: FlaskClient, config: NodeConfig) -> None:
    """The page of waiting leads away."""
    assert waiting.may_speak(config)
    assert client.get("/sicherung/wartet").status_code == 302


def test_a_broken_note_does_not_open_the_house(config: NodeConfig, tmp_path: Path) -> None:
    """Half a file is no answer."""
    (tmp_path / waiting.FILE).write_text("{")
    with pytest.raises(ConfigError, match="Recover"):
        waiting.find(tmp_path)
