"""A restore and a hub that runs keep each other out."""

from pathlib import Path

import pytest

from hub.core.in_use import in_nobodys_use, in_use
from shared.errors import ConfigError


def test_several_processes_of_a_hub_run_side_by_side(tmp_path: Path) -> None:
    """Site and ingests; they leave nothing in the folder."""
    with in_use(tmp_path), in_use(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_restore_waits_until_the_last_one_has_ended(tmp_path: Path) -> None:
    """Else a site would write on into the database that was put aside."""
    with in_use(tmp_path):
        with in_use(tmp_path):
            pass
        with pytest.raises(ConfigError, match="Stop site and ingest"), in_nobodys_use(tmp_path):
            pytest.fail("it began")
    with in_nobodys_use(tmp_path):
        pass


def test_nobody_starts_while_a_restore_is_under_way(tmp_path: Path) -> None:
    """Half a database would be served; when the restore has ended, or was killed, it is as before."""
    with in_nobodys_use(tmp_path):
        with pytest.raises(ConfigError, match="under way"), in_use(tmp_path):
            pytest.fail("it began")
        with pytest.raises(ConfigError), in_nobodys_use(tmp_path):
            pytest.fail("a second restore began")
    with in_use(tmp_path):
        pass


def test_a_folder_that_is_not_there_yet_keeps_nobody_out(tmp_path: Path) -> None:
    """The first start, and a restore on a new machine."""
    with in_use(tmp_path / "new"), in_nobodys_use(tmp_path / "other"):
        pass
