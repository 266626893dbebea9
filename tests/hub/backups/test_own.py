"""The hub's own backup, on both engines: two closed files, read back; and a hub that comes back from them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from hub.announcements.models import Announcement
from hub.app import create_app
from hub.backups import own, restoring
from hub.backups.engines import DatabaseIsThere
from hub.backups.own import OtherHub, OtherKeys
from hub.config import HubConfig
from hub.core.db import LEDGER
from hub.network import members
from hub.network.joining import invitations
from hub.network.joining.invitations import Wish
from hub.network.joining.models import Kind
from hub.network.models import Member
from shared.backup import places, snapshot
from shared.backup.recovery_code import new_code
from shared.backup.sealed_file import WrongCode
from shared.database import Database
from shared.errors import ConfigError
from shared.keys import open_install
from shared.time import now
from shared.web.settings import write_secret
from tests.services import postgres_database

TITLE = "Sommerfest am Rathaus"


def founded(folder: Path, centres: Iterable[str], database: str = "", title: str = "") -> HubConfig:
    """Return a hub below `folder` that has let these centres in, nine days ago, and says `title` if there is one."""
    config = HubConfig(city="duisburg", city_name="Duisburg", data_folder=folder / "hub", database=database)
    write_secret(config.secret_file, "a secret for tests only")
    install, at = open_install(config.key_file), now() - timedelta(days=9)
    made = create_app(config).extensions["stadtherz.database"]
    with made.transaction() as session:
        if title:
            session.add(Announcement(title=title, shows_from=now()))
        for centre in centres:
            key = open_install(folder / f"{centre}.key").public_key.text
            members.admit(session, centre, centre, key, at, ledger=LEDGER, hub_instance=install.instance)
    made.dispose()
    return config


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> HubConfig:
    """A hub with an announcement and two centres, on either engine."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return founded(tmp_path, ("alt-hamborn", "hochfeld"), url, TITLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "share").mkdir()
    places.prepare(tmp_path / "share")
    return tmp_path / "share"


@pytest.fixture
def elsewhere(city: HubConfig, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[HubConfig]:
    """Another machine with nothing on it."""
    other = replace(city, data_folder=tmp_path / "other")
    other.data_folder.mkdir()
    if not city.database:
        yield other
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield replace(other, database=url)


def back_up(config: HubConfig, folder: Path) -> own.Written:
    database = Database(config.database_url)
    try:
        return own.back_up(config, database, folder, now())
    finally:
        database.dispose()


def take_over(_config: HubConfig, _database: Database, _session: object) -> None:
    """What `stadtherz-hub take-over` does is tested where it is at home."""


HANDS = (create_app, take_over)


def revoke(config: HubConfig, centre: str) -> None:
    database = Database(config.database_url)
    with database.transaction() as session:
        members.revoke(session, centre, now(), ledger=LEDGER)
    database.dispose()


def revoked(config: HubConfig) -> list[str]:
    database = Database(config.database_url)
    with database.reading() as session:
        found = [one.centre_id for one in session.query(Member) if one.revoked_at]
    database.dispose()
    return found


def titles(config: HubConfig) -> list[str]:
    database = Database(config.database_url)
    with database.reading() as session:
        found = [one.title for one in session.query(Announcement)]
    database.dispose()
    return found


def test_a_hub_comes_back_on_another_machine(city: HubConfig, elsewhere: HubConfig, folder: Path) -> None:
    """With its records and, from the second file, the keys that the centres believe."""
    code = own.set_up(city)
    written = back_up(city, folder)
    done = restoring.restore(elsewhere, (written.database, written.keys), code, HANDS, now())
    assert titles(elsewhere) == [TITLE]
    assert open_install(elsewhere.key_file).public_key == open_install(city.key_file).public_key
    assert "signing.key" in done.keys


def test_neither_file_says_anything_without_the_code(city: HubConfig, folder: Path, elsewhere: HubConfig) -> None:
    """Titles, names of accounts and keys are closed; another code opens nothing and leaves nothing."""
    own.set_up(city)
    written = back_up(city, folder)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for word in (TITLE.encode(), city.key_file.read_bytes()[20:60]):
        assert word not in everything
    with pytest.raises(WrongCode):
        restoring.restore(elsewhere, (written.database, None), new_code(), HANDS, now())
    assert [path.name for path in elsewhere.data_folder.iterdir()] == [".workshop.lock"]


def test_without_a_recovery_code_there_is_no_backup(city: HubConfig, folder: Path) -> None:
    """The error names the command that makes one."""
    with pytest.raises(ConfigError, match="backup-set-up"):
        back_up(city, folder)


def test_a_database_that_is_there_is_not_overwritten(city: HubConfig, folder: Path) -> None:
    """On neither engine."""
    code = own.set_up(city)
    written = back_up(city, folder)
    with pytest.raises(DatabaseIsThere):
        restoring.restore(city, (written.database, None), code, HANDS, now())
    assert titles(city) == [TITLE]


def test_other_keys_that_are_there_are_not_overwritten(city: HubConfig, elsewhere: HubConfig, folder: Path) -> None:
    """Somebody has to decide which are right; until then nothing is restored."""
    code = own.set_up(city)
    written = back_up(city, folder)
    own_key = open_install(elsewhere.key_file).public_key
    with pytest.raises(OtherKeys):
        restoring.restore(elsewhere, (written.database, written.keys), code, HANDS, now())
    assert open_install(elsewhere.key_file).public_key == own_key


def test_whom_the_city_revoked_after_the_backup_stays_revoked(
    city: HubConfig, elsewhere: HubConfig, folder: Path
) -> None:
    """The list in the folder is newer than the backup that is restored."""
    code = own.set_up(city)
    old = back_up(city, folder)
    revoke(city, "hochfeld")
    places.put(old.database, folder, "kept.backup")
    back_up(city, folder)
    done = restoring.restore(elsewhere, (folder / "kept.backup", None), code, HANDS, now())
    assert done.revoked == ["hochfeld"]
    assert revoked(elsewhere) == ["hochfeld"]


def test_no_join_code_outlives_a_restore(city: HubConfig, elsewhere: HubConfig, folder: Path) -> None:
    """A code that was open when the backup was made may have been used since: it would let a second machine in."""
    code, database = own.set_up(city), Database(city.database_url)
    wish = Wish(
        kind=Kind.NEW,
        centre_id="ruhrort",
        name="Ruhrort",
        hub_url="https://stadt.example",
        hub_key=open_install(city.key_file).public_key.text,
        by="",
        valid_for=timedelta(days=2),
    )
    with database.transaction() as session:
        invitations.invite(session, wish, now())
    database.dispose()
    written = back_up(city, folder)
    restoring.restore(elsewhere, (written.database, written.keys), code, HANDS, now())
    restored = Database(elsewhere.database_url)
    with restored.reading() as session:
        assert list(session.scalars(invitations.open_ones(now()))) == []
        assert len(list(session.scalars(invitations.past_ones(now())))) == 1
    restored.dispose()


def test_a_centre_that_was_admitted_again_before_the_backup_stays(
    city: HubConfig, elsewhere: HubConfig, folder: Path, tmp_path: Path
) -> None:
    """Its admission is later than the revocation on the list."""
    code = own.set_up(city)
    revoke(city, "hochfeld")
    back_up(city, folder)
    database = Database(city.database_url)
    with database.transaction() as session:
        key = open_install(tmp_path / "hochfeld.key").public_key.text
        later = now() + timedelta(seconds=5)
        members.admit(session, "hochfeld", "hochfeld", key, later, ledger=LEDGER, hub_instance="x")
    database.dispose()
    written = back_up(city, folder)
    done = restoring.restore(elsewhere, (written.database, None), code, HANDS, now())
    assert done.revoked == []


def test_with_replace_what_stood_there_is_kept_aside(tmp_path: Path, folder: Path) -> None:
    """Only SQLite: a PostgreSQL database is named anew in the settings. Who is revoked in it stays so."""
    config = founded(tmp_path, ["hochfeld"])
    code = own.set_up(config)
    written = back_up(config, folder)
    revoke(config, "hochfeld")
    done = restoring.restore(config, (written.database, None), code, HANDS, now(), replace=True)
    assert done.revoked == ["hochfeld"]
    assert len(list(config.data_folder.glob("hub.sqlite.before-*"))) == 1


def test_a_restore_that_was_broken_off_lets_no_hub_start_and_can_be_done_again(tmp_path: Path, folder: Path) -> None:
    """The power fails when the database is in its place; whom only the old database knew as revoked stays revoked."""
    config = founded(tmp_path, ["hochfeld"])
    code = own.set_up(config)
    written = back_up(config, folder)
    revoke(config, "hochfeld")
    with pytest.raises(PowerCut):
        restoring.restore(config, (written.database, None), code, (power_cut, take_over), now(), replace=True)
    with pytest.raises(ConfigError, match="again"):
        restoring.refuse_half_restored(config.data_folder)
    (config.data_folder / "hub.sqlite").write_bytes(b"SQLite format 3\0 and then nothing")
    later = now() + timedelta(minutes=1)
    assert restoring.restore(config, (written.database, None), code, HANDS, later, replace=True).revoked == ["hochfeld"]
    restoring.refuse_half_restored(config.data_folder)
    assert revoked(config) == ["hochfeld"]


def test_where_there_is_no_database_none_is_made(tmp_path: Path, folder: Path) -> None:
    """An empty one, made by looking, would stand in the way of the restore that is needed then."""
    config = founded(tmp_path, [])
    own.set_up(config)
    snapshot.remove(config.data_folder / "hub.sqlite")
    with pytest.raises(ConfigError, match="no database"):
        back_up(config, folder)
    assert not (config.data_folder / "hub.sqlite").exists()


@pytest.mark.parametrize("left", [b"nothing that SQLite knows " * 400, b"", None])
def test_with_replace_a_hub_comes_back_over_a_database_that_is_no_longer_one(
    tmp_path: Path, folder: Path, left: bytes | None
) -> None:
    """A damaged file is why a backup is wanted; whoever adds --replace on an empty machine is not stopped either."""
    config = founded(tmp_path, [])
    code = own.set_up(config)
    written = back_up(config, folder)
    snapshot.remove(config.data_folder / "hub.sqlite")
    if left is not None:
        (config.data_folder / "hub.sqlite").write_bytes(left)
    restoring.restore(config, (written.database, None), code, HANDS, now(), replace=True)
    assert titles(config) == []


def test_replace_says_nothing_to_an_empty_database(city: HubConfig, elsewhere: HubConfig, folder: Path) -> None:
    """On PostgreSQL a restore that was broken off is done again with the same words as on SQLite."""
    code = own.set_up(city)
    written = back_up(city, folder)
    restoring.restore(elsewhere, (written.database, None), code, HANDS, now(), replace=True)
    assert titles(elsewhere) == [TITLE]


class PowerCut(Exception):
    """Nothing that is written after this is written."""


def power_cut(_config: HubConfig) -> Flask:
    raise PowerCut


def test_the_file_of_the_keys_is_no_database(city: HubConfig, elsewhere: HubConfig, folder: Path) -> None:
    """Mixed up they are refused by name."""
    code = own.set_up(city)
    written = back_up(city, folder)
    with pytest.raises(OtherHub):
        restoring.restore(elsewhere, (written.keys, None), code, HANDS, now())
