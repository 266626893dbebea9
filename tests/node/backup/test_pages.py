"""The lead's page of backups: setting up, checking the code, preparing a stick, making one, and what Heute says."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from node.backup import service
from node.backup.running import running
from node.config import NodeConfig
from shared.backup import places
from shared.database import Database
from tests.node.backup.houses import with_stick
from tests.system.disks import small_disk

CODE = re.compile(r"<span>([2-9A-HJ-NP-Z]{4})</span>")


@pytest.fixture
def stick(signed_in: FlaskClient, config: NodeConfig, tmp_path: Path) -> Path:
    """A prepared stick in the settings."""
    signed_in.application.extensions["stadtherz.config"] = with_stick(config, tmp_path / "stick")
    return tmp_path / "stick"


def code_on(page: str) -> str:
    return "-".join(CODE.findall(page))


def test_the_code_is_shown_once_and_kept_nowhere(
    signed_in: FlaskClient, config: NodeConfig, database: Database
) -> None:
    """Not in the database, not in a log of changes, not in a cache; with a QR code of the same."""
    answer = signed_in.post("/sicherung/code")
    code = code_on(answer.text)
    assert len(code) == 34
    assert "no-store" in answer.headers["Cache-Control"]
    assert "data:image/svg+xml" in answer.text
    assert code not in signed_in.get("/sicherung").text
    files = [path for path in config.data_folder.rglob("*") if path.is_file()]
    assert not [path for path in files if code.encode() in path.read_bytes()]
    with database.reading() as session:
        assert service.recovery_key(session) is not None


def test_a_typed_code_is_told_right_or_wrong(signed_in: FlaskClient) -> None:
    """A rehearsal without a backup; a typing error is told apart from another code."""
    code = code_on(signed_in.post("/sicherung/code").text)
    older = code
    code = code_on(signed_in.post("/sicherung/code").text)
    assert signed_in.post("/sicherung/pruefen", data={"code": code.lower().replace("-", " ")}).status_code == 302
    wrong = signed_in.post("/sicherung/pruefen", data={"code": older})
    assert (wrong.status_code, "anderer Code" in wrong.text) == (422, True)
    mistyped = signed_in.post("/sicherung/pruefen", data={"code": code[:-1]})
    assert (mistyped.status_code, "28 Buchstaben" in mistyped.text) == (422, True)
    assert "Zuletzt geprüft" in signed_in.get("/sicherung").text


def test_a_backup_made_on_the_page_comes_to_the_stick(signed_in: FlaskClient, stick: Path) -> None:
    """In a thread of its own: the page shows how far it is, and then that all is well."""
    signed_in.post("/sicherung/code")
    assert signed_in.post("/sicherung/jetzt").status_code == 302
    give_up_at = time.monotonic() + 30
    while running(signed_in.application).step is not None:
        assert time.monotonic() < give_up_at
        signed_in.get("/sicherung")
    assert len(places.backups_in(stick, "alt-hamborn")) == 1
    assert "zurückgelesen und verglichen" in signed_in.get("/sicherung").text


def test_two_backups_are_not_made_at_once(app: Flask) -> None:
    """Whoever asks while one is being made gets that one."""
    backup = running(app)
    with backup._lock:
        assert backup.make() is None


def test_a_stick_that_is_missing_is_told_in_words(signed_in: FlaskClient, stick: Path) -> None:
    """And one that is not prepared can be on the page."""
    (stick / places.MARKER).unlink()
    page = signed_in.get("/sicherung").text
    assert "nicht vorbereitet" in page
    assert "Diesen Ordner verwenden" in page
    assert signed_in.post("/sicherung/ordner", data={"folder": str(stick)}).status_code == 302
    assert (stick / places.MARKER).exists()


def test_only_folders_of_the_settings_can_be_prepared(signed_in: FlaskClient, stick: Path, tmp_path: Path) -> None:
    """A page does not write anywhere else."""
    (tmp_path / "other").mkdir()
    for folder in (str(tmp_path / "other"), "/etc", "", str(stick / "..")):
        assert signed_in.post("/sicherung/ordner", data={"folder": folder}).status_code == 404
    assert not list((tmp_path / "other").iterdir())


def test_a_folder_where_the_stick_should_be_is_told_apart_from_the_stick(signed_in: FlaskClient, stick: Path) -> None:
    """While no stick is in, its folder is one on the machine's own card: a backup there is gone with the house."""
    signed_in.post("/sicherung/ordner", data={"folder": str(stick)})
    assert "Steckt der Stick?" in signed_in.get("/sicherung").text
    with small_disk(stick.parent / "real", 1) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        app = signed_in.application
        app.extensions["stadtherz.config"] = with_stick(app.extensions["stadtherz.config"], disk.folder)
        signed_in.post("/sicherung/ordner", data={"folder": str(disk.folder)})
        page = signed_in.get("/sicherung").text
        assert ("nimmt ab jetzt" in page, "Steckt der Stick?" in page) == (True, False)


def test_heute_tells_the_lead_and_nobody_else(signed_in: FlaskClient, sign_in: object) -> None:
    """The counter can do nothing about it."""
    assert "Sicherungen sind noch nicht eingerichtet" in signed_in.get("/heute").text
    assert "Sicherungen sind" not in sign_in("reception").get("/heute").text  # type: ignore[operator]
