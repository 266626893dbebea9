"""What is left of deleted rows where the disk is full."""

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import text

from node.privacy.traces import overwrite_traces
from shared.database import Database
from tests.system.disks import small_disk


def test_a_full_disk_does_not_deny_that_somebody_was_erased(tmp_path: Path) -> None:
    """The rows are gone; their traces go with the next run, and the page says so instead of a mistake of ours."""
    with small_disk(tmp_path / "disk", 4) as disk:
        if disk.kind != "tmpfs":
            pytest.skip("a disk of its own needs root")
        database = Database(f"sqlite:///{disk.folder / 'node.sqlite'}", wal_autocheckpoint=0)
        with database.transaction() as session:
            session.execute(text("CREATE TABLE notes (note TEXT)"))
            session.execute(text("INSERT INTO notes VALUES (:note)"), {"note": "x" * 1_500_000})
        with (disk.folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(b"\0" * 4096)
        assert not overwrite_traces(database)
        (disk.folder / "ballast").unlink()
        assert overwrite_traces(database)
        database.dispose()
