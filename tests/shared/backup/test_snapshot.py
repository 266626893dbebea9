"""Copies of databases that are in use, and what is found in broken ones."""

import sqlite3
import threading
from pathlib import Path

import pytest

from shared.backup.snapshot import CopyNotWhole, companions, connect, inspect, remove, take_snapshot


def in_use(path: Path, rows: int) -> sqlite3.Connection:
    """Return an open connection to a database in WAL mode whose rows all lie in the log."""
    opened = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA wal_autocheckpoint=0")
    opened.execute("CREATE TABLE spaces (id INTEGER PRIMARY KEY, name TEXT)")
    opened.executemany("INSERT INTO spaces (name) VALUES (?)", [(f"Raum {n}",) for n in range(rows)])
    return opened


def test_a_copy_of_a_database_in_use_has_what_lies_in_its_log(tmp_path: Path) -> None:
    """Copying the file alone gave 0 of 50 rows; the copy is one file without a log of its own."""
    opened = in_use(tmp_path / "a.sqlite", 50)
    take_snapshot(tmp_path / "a.sqlite", tmp_path / "b.sqlite")
    opened.close()
    assert inspect(tmp_path / "b.sqlite") == {"spaces": 50}
    assert not [path for path in companions(tmp_path / "b.sqlite") if path.exists()]
    assert (tmp_path / "b.sqlite").stat().st_mode & 0o077 == 0


def test_somebody_who_writes_all_the_time_neither_waits_nor_gets_half_into_the_copy(tmp_path: Path) -> None:
    """Pairs of rows are written in one transaction each; the copy never has an odd number."""
    opened = in_use(tmp_path / "a.sqlite", 20_000)
    written, over = [0], threading.Event()

    def write() -> None:
        while not over.is_set():
            opened.execute("BEGIN IMMEDIATE")
            opened.executemany("INSERT INTO spaces (name) VALUES (?)", [("a",), ("b",)])
            opened.execute("COMMIT")
            written[0] += 2

    writer = threading.Thread(target=write)
    writer.start()
    steps: list[float] = []
    try:
        for number in range(5):
            copy = tmp_path / f"copy{number}.sqlite"
            take_snapshot(tmp_path / "a.sqlite", copy, lambda _doing, share: steps.append(share))
            assert inspect(copy)["spaces"] % 2 == 0
    finally:
        over.set()
        writer.join()
        opened.close()
    assert written[0] > 0
    assert steps[-1] == 1.0


def test_a_broken_page_is_found(tmp_path: Path) -> None:
    """The integrity check reads every page."""
    file = tmp_path / "a.sqlite"
    in_use(file, 5_000).close()
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(CopyNotWhole):
        inspect(file)


def test_a_reference_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    """SQLite's integrity check alone does not look at foreign keys."""
    with connect(tmp_path / "a.sqlite") as opened:
        opened.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        opened.execute("CREATE TABLE b (a_id INTEGER REFERENCES a (id))")
        opened.execute("INSERT INTO b VALUES (7)")
    with pytest.raises(CopyNotWhole, match="1 references of b"):
        inspect(tmp_path / "a.sqlite")


def test_removing_takes_the_log_along(tmp_path: Path) -> None:
    """A restored file beside an old log opened with foreign rows."""
    opened = in_use(tmp_path / "a.sqlite", 5)
    assert (tmp_path / "a.sqlite-wal").exists()
    remove(tmp_path / "a.sqlite")
    assert not list(tmp_path.iterdir())
    opened.close()
