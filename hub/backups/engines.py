"""Copying and restoring the hub's database, whichever engine it is: SQLite's backup API, or pg_dump and pg_restore.

Rule: a password of PostgreSQL goes through the environment of the program, never through its arguments.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Protocol

from sqlalchemy import inspect, make_url

from shared.backup import snapshot
from shared.backup.sealed_file import BackupDamaged
from shared.backup.snapshot import Progress
from shared.database import Database
from shared.errors import ConfigError, Refusal
from shared.whole_files import sync_folder

_DEBIAN = Path("/usr/lib/postgresql")


class DatabaseIsThere(Refusal):
    """There is a database with something in it already."""


class Engine(Protocol):
    """A way to copy and restore; `part` is the name of the copy inside a backup."""

    part: str

    def copy(self, target: Path, progress: Progress) -> dict[str, int]:
        """Copy the database in use; return what `check` has to find."""
        ...

    def check(self, copy: Path, found: dict[str, int]) -> None:
        """Raise BackupDamaged unless the copy can be read as a whole and holds what was found."""
        ...

    def refuse_absent(self) -> None:
        """Raise ConfigError if there is no database that could be copied."""
        ...

    def refuse_existing(self, *, replace: bool) -> None:
        """Raise DatabaseIsThere."""
        ...

    def restore(self, copy: Path, aside: str) -> None:
        """Put the copy in place; what stood there is kept under the name `aside`, if that was allowed."""
        ...


def engine_of(url: str) -> Engine:
    """Return the way for this database; raise ConfigError if its programs are not installed."""
    return SqliteEngine(url) if make_url(url).get_backend_name() == "sqlite" else PostgresEngine(url)


class SqliteEngine:
    """One file; the copy is one, too."""

    part = "hub.sqlite"

    def __init__(self, url: str) -> None:
        self._file = Path(str(make_url(url).database))

    def copy(self, target: Path, progress: Progress) -> dict[str, int]:
        snapshot.take_snapshot(self._file, target, progress)
        return snapshot.inspect(target)

    def check(self, copy: Path, found: dict[str, int]) -> None:
        if snapshot.inspect(copy) != found:
            raise BackupDamaged("What was read back is not what was written.")

    def refuse_absent(self) -> None:
        if not self._file.exists():  # looking into it would make an empty one, which a restore then finds in its way
            raise ConfigError(f"{self._file}: there is no database. Is this the right file of settings (--config)?")

    def refuse_existing(self, *, replace: bool) -> None:
        if self._file.exists() and not replace:
            raise DatabaseIsThere(f"{self._file}: there is a database already. --replace keeps it aside.")

    def restore(self, copy: Path, aside: str) -> None:
        if self._file.exists():
            with contextlib.suppress(sqlite3.DatabaseError), snapshot.connect(self._file) as opened:
                opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # not of half a database that a power cut left
            self._file.replace(self._file.with_name(f"{self._file.name}.{aside}"))
        snapshot.remove(self._file)
        shutil.move(copy, self._file)
        sync_folder(self._file.parent)


class PostgresEngine:
    """PostgreSQL's own programs, in its custom format."""

    part = "hub.pgdump"

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql")
        self._dump, self._restore = find_program("pg_dump"), find_program("pg_restore")

    def copy(self, target: Path, progress: Progress) -> dict[str, int]:
        progress("dump", 0.0)
        self._run(self._dump, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", self._address())
        target.chmod(0o600)
        return {"parts": len(self._list(target))}

    def check(self, copy: Path, found: dict[str, int]) -> None:
        if {"parts": len(self._list(copy))} != found:
            raise BackupDamaged("What was read back is not what was written.")

    def refuse_absent(self) -> None:
        return  # pg_dump says so

    def refuse_existing(self, *, replace: bool) -> None:
        database = Database(self._url.render_as_string(hide_password=False))
        try:
            tables = inspect(database.engine).get_table_names()
        finally:
            database.dispose()
        if tables:
            raise DatabaseIsThere(
                f"The database {self._url.database} has tables already. Make an empty one and name it in the settings "
                "(key database)."
            )

    def restore(self, copy: Path, aside: str) -> None:
        said = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self._run(self._restore, *said, f"--dbname={self._address()}", str(copy))

    def _list(self, copy: Path) -> list[str]:
        listed = self._run(self._restore, "--list", str(copy))
        return [line for line in listed.splitlines() if line and not line.startswith(";")]

    def _address(self) -> str:
        return self._url.set(password=None).render_as_string()

    def _run(self, program: Path, *said: str) -> str:
        environ = dict(os.environ)
        if self._url.password:
            environ["PGPASSWORD"] = str(self._url.password)
        done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
            [str(program), *said], env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no word of it"]
            raise Refusal(f"{program.name} failed: {last[0]}")
        return done.stdout


def find_program(name: str) -> Path:
    """Return a program of PostgreSQL, the newest that is installed; raise ConfigError."""
    found = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1]
    on_path = shutil.which(name)
    if on_path is None:
        raise ConfigError(f"{name} is not installed; it belongs to PostgreSQL's client (Debian: postgresql-client).")
    return Path(on_path)
