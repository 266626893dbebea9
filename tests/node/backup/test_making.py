"""A backup of a house: what is in it, that it is read back, where it goes, and what happens if it cannot."""

import errno
import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from node.backup import jobs, making, service, spreading
from node.backup.making import made_backup, open_settings
from node.backup.models import BackupRun
from node.backup.wording import PROBLEMS
from node.config import NodeConfig
from shared.backup import places, sealed_file
from shared.backup.package import unpack, write_backup
from shared.backup.recovery_code import new_code as any_code
from shared.backup.recovery_code import public_of
from shared.backup.sealed_file import BackupDamaged, new_header
from shared.backup.snapshot import connect, inspect, take_snapshot
from shared.database import Database
from shared.keys import open_install
from shared.sealing import open_sealing_key
from shared.time import now
from tests.node.backup.houses import NAME, PHONE, back_up, let_in, new_code, with_stick


def test_the_backup_holds_the_house_and_the_sealing_key_but_nothing_that_speaks_for_the_machine(
    config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """No signing key, no link file with the broker's password, no secret of the sessions."""
    let_in(database)
    code = new_code(database)
    open_install(config.key_file)
    open_sealing_key(config.data_folder / making.SEALING_KEY)
    config.link_file.write_text('broker_password = "very secret"\n')
    file = back_up(with_stick(config, tmp_path / "stick"), database)
    (tmp_path / "out").mkdir()
    unpack(file, code, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"node.sqlite", "sealing.key", "settings.json"}
    assert NAME.encode() in (tmp_path / "out" / "node.sqlite").read_bytes()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    for secret in (config.key_file, config.secret_file):
        assert secret.read_bytes().strip() not in everything
    assert b"very secret" not in everything


def test_nothing_of_a_person_leaves_the_machine_in_the_open(
    config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """Neither on the stick nor left behind beside the database."""
    let_in(database)
    new_code(database)
    back_up(with_stick(config, tmp_path / "stick"), database)
    on_stick = b"".join(path.read_bytes() for path in (tmp_path / "stick").iterdir())
    assert NAME.encode() not in on_stick
    assert PHONE.encode() not in on_stick
    assert not list(config.data_folder.glob(".workshop-*"))


def test_without_a_recovery_code_there_is_no_backup(config: NodeConfig, database: Database, tmp_path: Path) -> None:
    """An open copy is worse than none; the page says what is missing."""
    assert spreading.back_up(with_stick(config, tmp_path / "stick"), database, now()) == []
    with database.reading() as session:
        assert service.standing(session, now()).worry == "no_key"


def test_a_database_that_does_not_hold_together_makes_no_backup(
    config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """A worn card: the run is noted as failed, and no good backup on the stick gives way to a broken one."""
    new_code(database)
    let_in(database)
    with connect(Path(str(database.url.database))) as broken:
        broken.execute("UPDATE key_handovers SET key_id = 'nowhere'")
    runs = spreading.back_up(with_stick(config, tmp_path / "stick"), database, now())
    assert [(run.place, run.problem) for run in runs] == [("made", "not_whole")]
    assert {path.name for path in (tmp_path / "stick").iterdir()} == {places.MARKER}
    with database.reading() as session:
        assert service.last_good(session, now()) is None


def test_a_backup_that_reads_back_differently_does_not_count(
    config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """Neither one with a bit that fell over, nor one with fewer rows than were written."""
    let_in(database)
    sealed = new_header(
        kind="node", city="duisburg", place="x", made_at=now(), program="1", recovery_key=public_of(any_code())
    )
    take_snapshot(Path(str(database.url.database)), tmp_path / "node.sqlite")
    rows = inspect(tmp_path / "node.sqlite")
    file = tmp_path / "x.backup"
    write_backup(file, sealed, {"node.sqlite": tmp_path / "node.sqlite"}, {})
    making.read_back(file, sealed, rows, tmp_path)
    with pytest.raises(BackupDamaged):
        making.read_back(file, sealed, rows | {"bookings": rows["bookings"] + 1}, tmp_path)
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupDamaged):
        making.read_back(file, sealed, rows, tmp_path)


def test_one_stick_that_is_missing_holds_up_no_other(config: NodeConfig, database: Database, tmp_path: Path) -> None:
    """Each place has its own result."""
    new_code(database)
    good = with_stick(config, tmp_path / "stick")
    (tmp_path / "mount").mkdir()
    both = NodeConfig(
        centre_id=config.centre_id,
        city=config.city,
        data_folder=config.data_folder,
        backup_folders=f"{tmp_path / 'mount'}, {good.backup_folders}",
    )
    runs = spreading.back_up(both, database, now())
    assert [run.problem for run in runs] == ["not_prepared", ""]
    assert not list((tmp_path / "mount").iterdir())


def test_a_stick_that_fails_after_the_copy_holds_up_no_other(
    config: NodeConfig, database: Database, tmp_path: Path
) -> None:
    """What is old cannot be deleted there; the other stick has its backup all the same, and both are told of."""
    new_code(database)
    with_stick(config, tmp_path / "bad")
    good = with_stick(config, tmp_path / "good")
    for day in range(1, 13):
        (tmp_path / "bad" / f"stadtherz-{config.centre_id}-202001{day:02d}T000000Z.backup").mkdir()
    both = replace(good, backup_folders=f"{tmp_path / 'bad'}, {tmp_path / 'good'}")
    runs = spreading.back_up(both, database, now())
    assert [(run.place, run.problem) for run in runs] == [
        (str(tmp_path / "bad"), "broken"),
        (str(tmp_path / "good"), ""),
    ]


def test_what_was_cut_off_is_swept_away(config: NodeConfig, database: Database, tmp_path: Path) -> None:
    """A power cut in the middle leaves an open copy of the database, until the next backup."""
    left = config.data_folder / ".workshop-xyz"
    left.mkdir()
    (left / "node.sqlite").write_bytes(b"open copy")
    new_code(database)
    back_up(with_stick(config, tmp_path / "stick"), database)
    assert not left.exists()


def test_settings_of_a_backup_have_no_secret_and_no_address_of_the_city(config: NodeConfig) -> None:
    """They come with the new machine's join code."""
    said = open_settings(config)
    assert said["centre_id"] == "alt-hamborn"
    assert json.dumps(said)
    assert not [name for name in said if "password" in name or name.startswith(("broker_", "hub_"))]


@pytest.mark.parametrize(
    ("hours", "hour", "due"),
    [(0, 2, False), (17, 2, False), (19, 2, True), (19, 12, False), (27, 12, True), (-5, 12, True)],
)
def test_backups_are_made_at_night_or_by_day_if_the_night_was_missed(
    database: Database, hours: int, hour: int, due: bool
) -> None:
    """A clock that ran ahead (-5) does not stop them."""
    at = now()
    with database.transaction() as session:
        service.note_runs(session, [BackupRun(made_at=at - timedelta(hours=hours), place="x")], at)
    with database.reading() as session:
        assert jobs.is_due(session, at, hour) is due


def test_a_backup_of_a_clock_that_ran_ahead_hides_no_worry(database: Database) -> None:
    """It would be the last one for seventy years, whatever failed since; and it makes no backup due each hour."""
    at = now()
    new_code(database)
    ahead, old = (BackupRun(made_at=at + timedelta(days=days), place="x") for days in (25_000, -4))
    with database.transaction() as session:
        service.note_runs(session, [ahead, old], at)
    with database.reading() as session:
        assert service.standing(session, at) == service.Standing(at - timedelta(days=4), "old")
    with database.transaction() as session:
        service.note_runs(session, [BackupRun(made_at=at - timedelta(hours=1), place="x", problem="full")], at)
    with database.reading() as session:
        found = service.last_run(session, at, "x")
        assert (found.problem if found else "none", jobs.is_due(session, at, 12)) == ("full", False)


@pytest.mark.parametrize(("days", "worry"), [(0, ""), (2, ""), (4, "old")])
def test_a_backup_older_than_three_days_is_a_worry(database: Database, days: int, worry: str) -> None:
    """The lead sees it on the page of backups and on Heute."""
    new_code(database)
    at = now()
    with database.transaction() as session:
        service.note_runs(session, [BackupRun(made_at=at - timedelta(days=days), place="/stick")], at)
    with database.reading() as session:
        assert service.standing(session, at).worry == worry


def test_a_failed_run_is_no_good_backup(database: Database) -> None:
    """As of when the last good one is does not move."""
    new_code(database)
    at = now()
    with database.transaction() as session:
        service.note_runs(session, [BackupRun(made_at=at, place="/stick", problem="full")], at)
    with database.reading() as session:
        assert service.standing(session, at).worry == "none"


def test_the_workshop_is_empty_afterwards(config: NodeConfig, database: Database) -> None:
    """The backup itself stays on the machine only as long as it is copied."""
    new_code(database)
    with database.reading() as session:
        key = service.recovery_key(session)
    assert key is not None
    with made_backup(config, database, key.public, now()) as made:
        assert made.file.read_bytes().startswith(sealed_file.MAGIC)
    assert not list(config.data_folder.glob(".workshop-*"))


def test_a_disk_that_is_full_is_told_as_that(config: NodeConfig, database: Database) -> None:
    """Of this machine, not of the stick: other people have to do something about it."""
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    assert spreading._problem_here(full) == "no_room_here"
    assert spreading._problem_here(OSError(errno.ENOSPC, "x")) == "no_room_here"
    assert spreading._problem_here(OSError(errno.EIO, "x")) == "broken_here"
    assert {"no_room_here", "broken_here", "not_whole"} <= set(PROBLEMS)
