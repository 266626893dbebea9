"""A copy of a SQLite database that is in use, and what proves that a copy is whole.

Copying the file of a database in use gave 0 of 50 rows: what was written last lies in the write-ahead log.
SQLite's own backup reads through a connection; an open read transaction keeps it at one moment, so
it need not begin again whenever somebody writes, and holds up nobody.

Rule: a copy is one file. It has left the write-ahead mode, and no `-wal` or `-shm` lies beside it.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.errors import Refusal

Progress = Callable[[str, float], None]  # what is being done, and how far it is (0 to 1)
_PAGES = 2_000  # 8 MB a step: often enough to show progress
_COMPANIONS = ("-wal", "-shm", "-journal")


class CopyNotWhole(Refusal):
    """A database does not hold together; `found` is what SQLite said, without any content."""

    def __init__(self, found: str) -> None:
        super().__init__(f"The database does not hold together ({found}).")
        self.found = found


def quiet(_doing: str, _share: float) -> None:
    """Show no progress."""


def take_snapshot(source: Path, target: Path, progress: Progress = quiet) -> None:
    """Copy the database at `source`, in use or not, to the new file `target`."""
    with connect(source, read_only=True) as reading, connect(target) as writing:
        target.chmod(0o600)
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment that is copied is now
        reading.backup(
            writing,
            pages=_PAGES,
            progress=lambda _state, left, total: progress("copy", 1 - left / total if total else 1.0),
            sleep=0,
        )
        reading.execute("ROLLBACK")
        writing.execute("PRAGMA journal_mode=DELETE")


def inspect(database: Path) -> dict[str, int]:
    """Return how many rows each table has; raise CopyNotWhole if pages, indexes or references are not in order."""
    with connect(database) as opened:
        try:
            said = [row[0] for row in opened.execute("PRAGMA integrity_check(3)")]
            broken = opened.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.DatabaseError as error:
            raise CopyNotWhole(type(error).__name__) from error
        if said != ["ok"]:
            raise CopyNotWhole("integrity check")
        if broken:
            raise CopyNotWhole(f"{len(broken)} references of {broken[0][0]} lead nowhere")
        return {name: _count(opened, name) for name in _tables(opened)}


def remove(database: Path) -> None:
    """Delete a database with all that lies beside it: an old write-ahead log would be taken for a new file's."""
    for path in (database, *companions(database)):
        path.unlink(missing_ok=True)


def companions(database: Path) -> list[Path]:
    """Return the files that SQLite may have put beside `database`."""
    return [database.with_name(database.name + end) for end in _COMPANIONS]


@contextlib.contextmanager
def connect(database: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a plain connection in autocommit mode; it is closed afterwards."""
    # A read-only connection to a database in WAL mode needs the -shm file, which it may not make: hence rw.
    uri = f"{database.absolute().as_uri()}?mode={'rw' if read_only else 'rwc'}"
    opened = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=15)
    try:
        opened.execute("PRAGMA secure_delete=ON")
        if read_only:
            opened.execute("PRAGMA query_only=ON")
        yield opened
    finally:
        opened.close()


def _tables(opened: sqlite3.Connection) -> list[str]:
    rows = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
    return [row[0] for row in rows]


def _count(opened: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (count,) = opened.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 (our own tables' names)
    return int(count)
