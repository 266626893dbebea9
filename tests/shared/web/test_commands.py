"""What both commands share where the disk is in the way: one line, and nothing half-written."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from node.config import PREFIX, NodeConfig
from shared.errors import ConfigError
from shared.web.commands import Command, write_settings
from shared.web.settings import new_secret, read_secret, write_secret
from tests.system.disks import small_disk


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder whose disk takes names and not a byte more; only root can mount one."""
    with small_disk(tmp_path / "disk", 1) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        (disk.folder / "ballast").write_bytes(b"\0" * (1 << 20))
        yield disk.folder


def test_a_full_disk_leaves_no_half_settings_and_no_empty_secret(full_disk: Path) -> None:
    """Half of either would stand in the way of the next attempt: neither is ever overwritten."""
    given = {"centre_id": "ruhrort", "city": "duisburg"}
    for attempt in (
        lambda: write_settings(full_disk / "node.toml", NodeConfig, PREFIX, given),
        lambda: write_secret(full_disk / "session.secret", new_secret()),
    ):
        with pytest.raises(ConfigError, match="No space left"):
            attempt()
    assert [path.name for path in full_disk.iterdir()] == ["ballast"]


def test_an_empty_secret_is_said_with_the_way_out(tmp_path: Path) -> None:
    """With it every page would be a mistake of ours, and `init` is refused where there is a house."""
    (tmp_path / "session.secret").write_text("\n")
    with pytest.raises(ConfigError, match="openssl rand"):
        read_secret(tmp_path / "session.secret")


def test_a_secret_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """It is for its owner alone, whatever the folder allows."""
    write_secret(tmp_path / "new" / "session.secret", "the first")
    with pytest.raises(ConfigError, match="exists"):
        write_secret(tmp_path / "new" / "session.secret", "another")
    assert read_secret(tmp_path / "new" / "session.secret") == "the first"
    assert (tmp_path / "new" / "session.secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "is full"), (errno.EROFS, "read-only"), (errno.EIO, "reports errors")]
)
def test_a_disk_that_fails_is_one_line(number: int, said: str) -> None:
    """Whoever restores a house late at night reads words, not a trace."""
    done = CliRunner().invoke(_group(OSError(number, os.strerror(number))), ["act"])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_a_database_that_is_none_is_one_line(tmp_path: Path) -> None:
    """As SQLite and as SQLAlchemy say it."""
    (tmp_path / "node.sqlite").write_bytes(b"nothing that SQLite knows " * 100)
    connection = sqlite3.connect(tmp_path / "node.sqlite")
    with pytest.raises(sqlite3.DatabaseError) as raw:
        connection.execute("SELECT 1 FROM sqlite_master")
    connection.close()
    for error in (raw.value, OperationalError("SELECT 1", {}, raw.value)):
        done = CliRunner().invoke(_group(error), ["act"])
        assert (done.exit_code, "damaged" in done.stderr) == (2, True)


def test_a_mistake_of_ours_keeps_its_trace() -> None:
    """A file that the program should have made is no trouble of the disk."""
    done = CliRunner().invoke(_group(FileNotFoundError(errno.ENOENT, "No such file")), ["act"])
    assert isinstance(done.exception, FileNotFoundError)


def _group(error: Exception) -> click.Group:
    group = Command("stadtherz")

    @group.command("act")
    def act() -> None:
        raise error

    return group
