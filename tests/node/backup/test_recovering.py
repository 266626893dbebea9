"""The way from a new machine to the house: what is looked at first, what is refused, what is said to be uncertain."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.app import create_app as create_hub
from hub.config import HubConfig
from node.app import create_app
from node.backup import recovering, waiting
from node.backup.recovering import HubMissing, Means, NothingToRestore, Wish, newest_in
from node.config import NodeConfig, load_node
from node.core import link_file
from node.core.erasures import Entry
from shared.backup.places import MARKER
from shared.backup.recovery_code import CodeMistyped
from shared.backup.recovery_code import new_code as any_code
from shared.backup.sealed_file import WrongCode
from shared.database import Database
from shared.errors import ConfigError
from shared.joining import NotACode
from shared.keys import open_install
from shared.time import now
from shared.web.settings import write_secret
from tests.hub.backups.served import admit, served
from tests.node.backup.houses import back_up, bookings, let_in, new_code, with_stick

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def stick(config: NodeConfig, database: Database, tmp_path: Path) -> tuple[Path, str]:
    """A stick with a backup of a house with one booking, and its code."""
    let_in(database)
    code = new_code(database)
    back_up(with_stick(config, tmp_path / "stick"), database)
    return tmp_path / "stick", code


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The settings of a machine that has none yet."""
    (tmp_path / "new").mkdir()
    return tmp_path / "new" / "node.toml"


def recover(wish: Wish, code: str) -> recovering.Done:
    return recovering.recover(wish, Means(code, create_app, now()))


def test_without_the_hub_a_stick_makes_a_house_that_waits(stick: tuple[Path, str], new: Path) -> None:
    """Its settings come from the backup; the report says what is uncertain."""
    done = recover(Wish(file=new, source=stick[0], without_hub=True, given={"web_port": 8099}), stick[1])
    config = load_node(new, {})
    assert (config.centre_id, config.city, config.web_port) == ("alt-hamborn", "duisburg", 8099)
    assert len(bookings(config)) == 1
    assert waiting.find(config.data_folder) == waiting.Waiting(done.header.made_at, None)
    assert any(line.startswith("UNCERTAIN") for line in recovering.report(done, new))


def test_going_on_without_the_hub_has_to_be_said(stick: tuple[Path, str], new: Path) -> None:
    """Otherwise nothing is there afterwards, and the words name the way."""
    with pytest.raises(HubMissing, match="--without-hub"):
        recover(Wish(file=new, source=stick[0]), stick[1])
    assert not new.exists()
    assert [path.name for path in new.parent.rglob("*") if path.is_file()] == []


def test_a_wrong_code_is_said_before_the_citys_code_is_used_up(stick: tuple[Path, str], new: Path) -> None:
    """A join code works once; with the right recovery code it is what is read next."""
    wish = Wish(file=new, source=stick[0], join_code="no code at all")
    with pytest.raises(WrongCode):
        recover(wish, any_code())
    with pytest.raises(CodeMistyped):
        recover(wish, stick[1][:-1])
    with pytest.raises(NotACode):
        recover(wish, stick[1])


@pytest.mark.parametrize("how", [{}, {"source": Path("x"), "from_hub": True}])
def test_where_the_backup_is_has_to_be_said_once(new: Path, how: dict[str, object]) -> None:
    """Neither, or both: the words name the two ways."""
    with pytest.raises(NothingToRestore, match="--from-hub"):
        recover(Wish(file=new, **how), any_code())  # type: ignore[arg-type]


def test_from_the_hub_needs_a_code_of_the_city(new: Path) -> None:
    """A machine that nobody knows gets nothing."""
    with pytest.raises(NothingToRestore, match="--join"):
        recover(Wish(file=new, from_hub=True), any_code())


def test_the_latest_backup_on_a_stick_is_taken(tmp_path: Path) -> None:
    """By its name, whatever the dates of the files are."""
    for name in ("stadtherz-a-b-20261124T021000Z.backup", "stadtherz-a-b-20261123T021000Z.backup", MARKER):
        (tmp_path / name).write_bytes(b"x")
    os.utime(tmp_path / "stadtherz-a-b-20261123T021000Z.backup")
    assert newest_in(tmp_path, TUESDAY).name == "stadtherz-a-b-20261124T021000Z.backup"
    (tmp_path / "stadtherz-c-20261125T021000Z.backup").write_bytes(b"x")
    with pytest.raises(NothingToRestore, match="several"):
        newest_in(tmp_path, TUESDAY)


def test_a_backup_of_a_clock_that_ran_ahead_is_not_the_latest(tmp_path: Path) -> None:
    """It would be restored for ever; a machine whose own clock stands in 1970 takes the latest by its name."""
    for name in ("stadtherz-a-20991231T021000Z.backup", "stadtherz-a-20261123T021000Z.backup"):
        (tmp_path / name).write_bytes(b"x")
    assert newest_in(tmp_path, TUESDAY).name == "stadtherz-a-20261123T021000Z.backup"
    assert newest_in(tmp_path, datetime(1970, 1, 1, tzinfo=UTC)).name == "stadtherz-a-20991231T021000Z.backup"


def test_an_empty_stick_is_told(tmp_path: Path) -> None:
    """Perhaps it is the wrong one."""
    with pytest.raises(NothingToRestore, match="plugged in"):
        newest_in(tmp_path, TUESDAY)


def test_what_is_there_already_is_kept(stick: tuple[Path, str], new: Path) -> None:
    """Settings that somebody has written win over those of the backup."""
    folder = new.parent / "elsewhere"
    new.write_text(f'centre_id = "alt-hamborn"\ncity = "duisburg"\ndata_folder = "{folder}"\nweb_port = 8123\n')
    recover(Wish(file=new, source=stick[0], without_hub=True), stick[1])
    assert load_node(new, {}).web_port == 8123
    assert (folder / "node.sqlite").exists()
    again = Wish(file=new, source=stick[0], without_hub=True)
    with pytest.raises(Exception, match="holds a centre already"):
        recover(again, stick[1])


def test_the_latest_erasure_that_is_known_is_told(
    config: NodeConfig, stick: tuple[Path, str], new: Path, tmp_path: Path
) -> None:
    """So that the lead can judge how much is uncertain."""
    at = now()
    recovering.restoring.erasure_list.put(stick[0], config.centre_id, [Entry("bookings", "a", at)])
    done = recover(Wish(file=new, source=stick[0], without_hub=True), stick[1])
    assert done.list_at == at
    assert any(f"{at:%Y-%m-%d %H:%M} UTC" in line for line in recovering.report(done, new))
    shutil.rmtree(new.parent)


@pytest.fixture
def hub(tmp_path: Path, new: Path) -> Iterator[None]:
    """The city's hub, which knows the new machine already."""
    config = HubConfig(city="duisburg", city_name="Duisburg", data_folder=tmp_path / "hub")
    write_secret(config.secret_file, "a secret for tests only")
    app = create_hub(config)
    data_folder = new.parent / "data"
    data_folder.mkdir(mode=0o700)
    admit(app.extensions["stadtherz.database"], "alt-hamborn", open_install(data_folder / "signing.key"))
    with served(app) as url:
        key = open_install(config.key_file).public_key.text
        link_file.renew(data_folder / "link.toml", hub_url=url, hub_public_key=key)
        yield
    app.extensions["stadtherz.database"].dispose()


@pytest.mark.usefixtures("hub")
def test_a_recovery_that_is_broken_off_begins_no_empty_house_although_the_hub_was_asked(
    stick: tuple[Path, str], new: Path
) -> None:
    """The settings are there, the database is not: `run` would begin an empty one. Done again it is as if never cut."""
    obstacle = new.parent / "data" / "node.sqlite-wal"
    obstacle.mkdir()
    with pytest.raises(OSError, match=r"node\.sqlite-wal"):
        recover(Wish(file=new, source=stick[0]), stick[1])
    with pytest.raises(ConfigError, match="recover` again"):
        waiting.refuse_half_recovered(load_node(new, {}).data_folder)
    obstacle.rmdir()
    assert recover(Wish(file=new, source=stick[0]), stick[1]).hub_asked
    assert waiting.find(load_node(new, {}).data_folder) is None
    assert len(bookings(load_node(new, {}))) == 1
