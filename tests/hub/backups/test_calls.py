"""The door for centres' machines: only the bound machine of a member gets in, once for each call, to its own things."""

import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from urllib.request import Request

import pytest
from flask import Flask, request
from sqlalchemy import func, select

from hub.backups.models import CallNonce, CentreBackup
from hub.core.db import LEDGER
from hub.network import members
from node.backup import hub_calls
from node.backup.hub_calls import NoBackupThere
from node.core.erasures import Entry
from shared.backup.package import write_backup
from shared.backup.places import name_of
from shared.backup.recovery_code import new_code, public_of
from shared.backup.sealed_file import new_header
from shared.database import Database
from shared.keys import Install, open_install
from shared.signed_calls import BODY_BYTES_MAX, CLOCK_LEEWAY, BadCall, Caller, CallRefused, HubUnreachable, read_call
from shared.time import now
from tests.hub.backups.served import admit, caller_of, machine, served


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return machine(tmp_path, "alt-hamborn")


@pytest.fixture
def caller(app: Flask, database: Database, install: Install) -> Iterator[Caller]:
    """A member's machine."""
    admit(database, "alt-hamborn", install)
    with served(app) as url:
        yield caller_of(app, url, install)


def a_backup(folder: Path, content: bytes = b"sealed", place: str = "alt-hamborn", days: int = 0) -> Path:
    """Write a backup as a node does."""
    at = now() + timedelta(days=days)
    header = new_header(
        kind="node", city="duisburg", place=place, made_at=at, program="1", recovery_key=public_of(new_code())
    )
    (folder / "node.sqlite").write_bytes(content)
    file = folder / name_of(place, at)
    write_backup(file, header, {"node.sqlite": folder / "node.sqlite"}, {})
    return file


def test_a_backup_comes_and_goes_in_pieces_and_is_the_same(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies at the hub is what a new machine fetches."""
    file = a_backup(tmp_path, bytes(range(256)) * 400)
    monkeypatch.setattr(hub_calls, "PIECE_BYTES", 300)
    steps: list[float] = []
    hub_calls.send_backup(caller, file, file.name, lambda _doing, share: steps.append(share))
    assert len(steps) == -(-file.stat().st_size // 300)
    fetched = hub_calls.fetch_backup(caller, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == file.read_bytes()
    assert fetched.name == file.name


def test_a_transfer_that_was_cut_off_goes_on_where_it_was(caller: Caller, tmp_path: Path) -> None:
    """The hub tells how much it has; only the rest is sent."""
    file = a_backup(tmp_path)
    content = file.read_bytes()
    caller.call("POST", f"/anruf/sicherungen/{file.name}?ab=0", content[:100])
    with pytest.raises(CallRefused) as refused:
        caller.call("POST", f"/anruf/sicherungen/{file.name}?ab=7", content[7:])
    assert (refused.value.status, refused.value.said) == (409, b"100")
    caller.call("POST", f"/anruf/sicherungen/{file.name}?ab=100", content[100:])
    hub_calls.send_backup(caller, file, file.name)
    assert [one.bytes for one in hub_calls.kept_backups(caller)] == [len(content)]


def test_a_new_machine_that_finds_nothing_is_told_so(caller: Caller, tmp_path: Path) -> None:
    """A house that never left a backup here."""
    with pytest.raises(NoBackupThere):
        hub_calls.fetch_backup(caller, tmp_path / "x")


def test_a_few_are_kept_and_never_none(caller: Caller, app: Flask, database: Database, tmp_path: Path) -> None:
    """Three of five; files and list say the same."""
    for day in range(5):
        file = a_backup(tmp_path, days=day)
        hub_calls.send_backup(caller, file, file.name)
    names = [one.name for one in hub_calls.kept_backups(caller)]
    shelf = app.extensions["stadtherz.config"].data_folder / "backups" / "alt-hamborn"
    assert len(names) == 3
    assert sorted(names) == sorted(path.name for path in shelf.iterdir())
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CentreBackup)) == 3


def test_more_than_the_quota_is_refused_and_leaves_what_was_there(caller: Caller, app: Flask, tmp_path: Path) -> None:
    """A house that sends without end fills its own share only."""
    file = a_backup(tmp_path)
    hub_calls.send_backup(caller, file, file.name)
    app.extensions["stadtherz.config"] = replace(app.extensions["stadtherz.config"], backup_quota_mb=1)
    large = a_backup(tmp_path, days=1)
    large.write_bytes(large.read_bytes() + b"x" * 1_100_000)
    with pytest.raises(CallRefused) as refused:
        hub_calls.send_backup(caller, large, large.name)
    assert refused.value.reason == "quota"
    assert [one.name for one in hub_calls.kept_backups(caller)] == [file.name]


def test_who_begins_many_backups_fills_no_more_than_their_share(caller: Caller, app: Flask) -> None:
    """What was begun makes room for what is begun next."""
    for number in range(3):
        caller.call("POST", f"/anruf/sicherungen/{number}.backup?ab=0", b"x" * 100)
    shelf = app.extensions["stadtherz.config"].data_folder / "backups" / "alt-hamborn"
    assert [path.name for path in shelf.iterdir()] == [".2.backup.part"]


def test_what_is_no_backup_of_this_centre_does_not_stay(caller: Caller, tmp_path: Path) -> None:
    """The hub is no place for any file, nor for another house's."""
    foreign = a_backup(tmp_path, place="hochfeld")
    plain = tmp_path / "photo.backup"
    plain.write_bytes(b"not a backup")
    for file in (foreign, plain):
        with pytest.raises(CallRefused) as refused:
            hub_calls.send_backup(caller, file, file.name)
        assert refused.value.reason == "foreign"
    assert hub_calls.kept_backups(caller) == []


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fx", ".hidden", "a%00b", "%C3%A4" * 99, "x" * 101])
def test_a_name_that_is_no_files_name_is_refused(caller: Caller, name: str) -> None:
    """Nothing is written anywhere but on the centre's shelf."""
    with pytest.raises((CallRefused, HubUnreachable)):
        caller.call("POST", f"/anruf/sicherungen/{name}?ab=0", b"x")


def test_the_list_of_erasures_only_grows(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told twice it stands there once; it comes back over several pages."""
    monkeypatch.setattr(hub_calls, "LIST_PART", 3)
    entries = [Entry("bookings", f"id {number}", now()) for number in range(8)]
    hub_calls.tell_erasures(caller, entries)
    hub_calls.tell_erasures(caller, entries[:4])
    assert sorted(hub_calls.hub_erasures(caller)) == sorted(entries)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"7", b"[7]", b'[["a"]]', b'[["a","b","yesterday"]]', b'[["","b","2026-01-01T00:00:00Z"]]']
)
def test_a_list_that_is_none_is_refused(caller: Caller, body: bytes) -> None:
    """Malformed calls are no faults of the hub."""
    with pytest.raises(CallRefused) as refused:
        caller.call("POST", "/anruf/loeschungen", body)
    assert refused.value.status == 400


def test_a_centre_sees_its_own_only(app: Flask, caller: Caller, database: Database, tmp_path: Path) -> None:
    """Another member asks for the same name and finds nothing."""
    file = a_backup(tmp_path)
    hub_calls.send_backup(caller, file, file.name)
    hub_calls.tell_erasures(caller, [Entry("bookings", "x", now())])
    other = machine(tmp_path, "hochfeld")
    admit(database, "hochfeld", other)
    neighbour = caller_of(app, caller.hub_url, other, "hochfeld")
    assert hub_calls.kept_backups(neighbour) == []
    assert hub_calls.hub_erasures(neighbour) == []
    with pytest.raises(CallRefused) as refused:
        neighbour.call("GET", f"/anruf/sicherungen/{file.name}?ab=0&menge=10")
    assert refused.value.status == 404


def test_a_stranger_and_a_neighbour_are_refused(app: Flask, caller: Caller, database: Database, tmp_path: Path) -> None:
    """Whose signature it is and whose name: both have to fit."""
    stranger = machine(tmp_path, "stranger")
    other = machine(tmp_path, "hochfeld")
    admit(database, "hochfeld", other)
    for who in (stranger, other):
        with pytest.raises(CallRefused) as refused:
            caller_of(app, caller.hub_url, who).call("GET", "/anruf/sicherungen")
        assert refused.value.reason == "signature"
    with pytest.raises(CallRefused) as refused:
        caller_of(app, caller.hub_url, stranger, "nobody").call("GET", "/anruf/sicherungen")
    assert refused.value.reason == "unknown"


def test_the_same_key_on_another_machine_is_refused(
    app: Flask, caller: Caller, tmp_path: Path, install: Install
) -> None:
    """A copied memory card has the key but not the hardware."""
    kept = (tmp_path / "alt-hamborn.key").read_bytes()
    (tmp_path / "copy.key").write_bytes(kept)
    (tmp_path / "copy.key").chmod(0o600)
    from_copy = caller_of(app, caller.hub_url, open_install(tmp_path / "copy.key", hardware="b" * 12))
    with pytest.raises(CallRefused) as refused:
        from_copy.call("GET", "/anruf/sicherungen")
    assert refused.value.reason == "instance"


def test_a_revoked_centre_is_refused_at_once(caller: Caller, database: Database) -> None:
    """Its backups stay, for whoever has to decide."""
    with database.transaction() as session:
        members.revoke(session, "alt-hamborn", now(), ledger=LEDGER)
    with pytest.raises(CallRefused) as refused:
        caller.call("GET", "/anruf/sicherungen")
    assert refused.value.reason == "unknown"


def test_a_call_that_is_sent_again_does_not_count(app: Flask, database: Database, install: Install) -> None:
    """Whoever listened to it has nothing; nor has who changes a byte, or sends it to another address."""
    admit(database, "alt-hamborn", install)
    recorder = _Recorder()
    app.before_request(recorder.listen)
    with served(app) as url:
        caller_of(app, url, install).call("POST", "/anruf/loeschungen?x=1", b"[]")
    client = app.test_client()
    same = client.post("/anruf/loeschungen?x=1", data=b"[]", headers=recorder.headers)
    altered = client.post("/anruf/loeschungen?x=1", data=b"[ ]", headers=recorder.headers)
    elsewhere = client.post("/anruf/loeschungen?x=2", data=b"[]", headers=recorder.headers)
    assert [(one.status_code, one.data) for one in (same, altered, elsewhere)] == [
        (403, b"replay"),
        (403, b"signature"),
        (403, b"signature"),
    ]


def test_an_old_call_is_refused(app: Flask, database: Database, install: Install) -> None:
    """Recorded, and replayed when its nonce is forgotten: ten minutes later it is too old."""
    admit(database, "alt-hamborn", install)
    recorder = _Recorder()
    app.before_request(recorder.listen)
    with served(app) as url:
        caller_of(app, url, install).call("GET", "/anruf/sicherungen")
    call = read_call("GET", "/anruf/sicherungen", recorder.headers, "duisburg", b"")
    call.check([install.public_key], install.instance, call.at + CLOCK_LEEWAY)
    for at in (call.at + CLOCK_LEEWAY + timedelta(seconds=1), call.at - CLOCK_LEEWAY - timedelta(seconds=1)):
        with pytest.raises(BadCall, match="clock"):
            call.check([install.public_key], install.instance, at)


def test_without_the_headers_of_a_call_nothing_is_said(app: Flask) -> None:
    """A browser that strays here."""
    answer = app.test_client().get("/anruf/sicherungen")
    assert (answer.status_code, answer.data) == (401, b"unsigned")


def test_used_nonces_are_forgotten_when_they_are_too_old_to_be_used(caller: Caller, database: Database) -> None:
    """The table does not grow with the years."""
    with database.transaction() as session:
        session.add(CallNonce(centre_id="alt-hamborn", nonce="old", used_at=now() - timedelta(days=1)))
    caller.call("GET", "/anruf/sicherungen")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CallNonce)) == 1


def test_an_answer_that_is_not_the_hubs_is_not_believed(app: Flask, caller: Caller, tmp_path: Path) -> None:
    """Somebody in between could say that nobody was erased."""
    other_key = machine(tmp_path, "other").public_key.text
    with pytest.raises(HubUnreachable, match="signature"):
        replace(caller, hub_public_key=other_key).call("GET", "/anruf/loeschungen")


def test_an_answer_to_another_centre_is_none(
    app: Flask, caller: Caller, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds a call up, and is a centre too, asks for itself under the same nonce: its empty list is not ours."""
    hub_calls.tell_erasures(caller, [Entry("bookings", "a", now())])
    neighbour = machine(tmp_path, "neighbour")
    admit(database, "hochfeld", neighbour)
    monkeypatch.setattr("shared.signed_calls.secrets.token_hex", lambda _bytes: "a" * 32)
    theirs = _Held(caller_of(app, caller.hub_url, neighbour, "hochfeld"))
    theirs.call("GET", "/anruf/loeschungen?ab=0&menge=9")
    assert theirs.answer is not None
    ours = _Held(caller, theirs.answer)
    with pytest.raises(HubUnreachable, match="signature"):
        ours.call("GET", "/anruf/loeschungen?ab=0&menge=9")


def test_a_body_that_is_too_large_is_refused(caller: Caller) -> None:
    """Pieces have a size; nobody fills the memory of the hub."""
    with pytest.raises((CallRefused, HubUnreachable)):
        caller.call("POST", "/anruf/loeschungen", b"x" * (BODY_BYTES_MAX + 1))


def test_a_hub_that_is_not_there_is_unreachable_soon(install: Install) -> None:
    """In words that say why."""
    started = time.monotonic()
    nobody = Caller(
        hub_url="http://127.0.0.1:9",
        hub_public_key=install.public_key.text,
        city="duisburg",
        centre_id="alt-hamborn",
        install=install,
    )
    with pytest.raises(HubUnreachable, match="refused"):
        nobody.call("GET", "/anruf/sicherungen")
    assert time.monotonic() - started < 5


class _Held(Caller):
    """A caller on a line that somebody holds: the answer is noted, or another one is put in its place."""

    def __init__(self, caller: Caller, answer: tuple[int, bytes, str] | None = None) -> None:
        super().__init__(**{field.name: getattr(caller, field.name) for field in fields(caller)})
        object.__setattr__(self, "answer", answer)

    answer: tuple[int, bytes, str] | None

    def _send(self, asked: Request) -> tuple[int, bytes, str]:
        if self.answer is None:
            object.__setattr__(self, "answer", super()._send(asked))
        assert self.answer is not None
        return self.answer


class _Recorder:
    """Listens to the calls that come in."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def listen(self) -> None:
        from_the_wire = {name: value for name, value in request.headers if name.startswith("Stadtherz-")}
        self.headers = self.headers or from_the_wire
