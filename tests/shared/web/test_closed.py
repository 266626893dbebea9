"""A site that cannot open yet stays up and says why, until it can."""

import errno
import logging
import threading
from pathlib import Path

import pytest
from flask import Flask

from shared.database import Database
from shared.errors import ConfigError
from shared.storage import Trouble
from shared.upgrade_copies import keep_copy
from shared.web import closed
from shared.web.beginning import Beginning
from tests.system.disks import small_disk


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(closed, "TRY_EVERY_S", 0.01)
    monkeypatch.setattr("shared.web.beginning.TRY_EVERY_S", 0.01)


def opened_after(errors: list[Exception]) -> tuple[Flask, list[Trouble]]:
    """Open a site that fails so often; return it and what stood in for it."""
    site, stood_in = Flask("site"), []

    def create() -> Flask:
        if errors:
            raise errors.pop(0)
        return site

    def stand_in(trouble: Trouble) -> Flask:
        stood_in.append(trouble)
        return Flask("closed")

    return closed.opened(create, stand_in, "127.0.0.1", 0), stood_in


def test_a_setting_that_the_disk_did_not_take_is_a_trouble_of_the_disk() -> None:
    """A volunteer sees a page that says so, not a browser's error."""
    refused = ConfigError("node.sqlite.before-upgrade-0010: cannot be written.")
    refused.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    site, stood_in = opened_after([refused])
    assert (site.name, stood_in) == ("site", [Trouble.FULL])


def test_a_wrong_setting_ends_the_program() -> None:
    """Nobody at the counter can do anything about it, and trying again does not help."""
    with pytest.raises(ConfigError):
        opened_after([ConfigError("web_port: has to be a number.")])


def test_no_room_for_the_copy_before_an_upgrade_is_a_full_disk(tmp_path: Path) -> None:
    """An update came in a night with a full disk; the words name what is needed."""
    with small_disk(tmp_path / "disk", 1) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        file = disk.folder / "node.sqlite"
        file.write_bytes(b"\0" * 700_000)
        with pytest.raises(ConfigError, match="Please make room") as refused:
            keep_copy(Database(f"sqlite:///{file}"), "0010")
    assert opened_after([refused.value])[1] == [Trouble.FULL]


def test_a_night_with_a_full_disk_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """What is wrong is said once, and again when it changes."""
    caplog.set_level(logging.INFO)
    errors = [OSError(number, "") for number in (errno.ENOSPC,) * 5 + (errno.EROFS,) * 5]
    opened_after(list(errors))
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "the site stays closed: disk_full",
        "the site stays closed: read_only",
    ]
    caplog.clear()
    begin_despite(errors)
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == 2


def begin_despite(errors: list[Exception]) -> None:
    """Let something begin that fails once with each of `errors`; fail unless it begins in the end."""
    begun = threading.Event()

    def begin() -> None:
        if errors:
            raise errors.pop(0)
        begun.set()

    beginning = Beginning("the link", begin)
    beginning.begin()
    assert begun.wait(20)
    beginning.stop()


def test_a_fault_of_another_kind_does_not_end_the_trying(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged; a program that lived on without its work would look well and do nothing."""
    monkeypatch.setattr("shared.web.beginning.TRY_EVERY_S", 0.01)
    faults: list[Exception] = [OSError(errno.ENOSPC, ""), ValueError("a bug")]
    begin_despite(faults)
    assert [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR] == ["the link could not begin"]
