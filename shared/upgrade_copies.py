"""The copy of a SQLite database from before an upgrade, and the way back to it.

    node.sqlite.before-upgrade-0010     what the program of version 0010 left
    node.sqlite.rolled-back             what stood there when somebody went back

Rule: a copy holds what the database held, people's names too. So it is never read by the site, belongs to
its owner alone, is gone after KEPT, and at once when somebody in the house is erased (`forget_copies`), by hand or
because a list says so. What retention removes may stand in a copy until KEPT is over.
A hub on PostgreSQL makes its copy with its own backup, as the runbook says.
"""

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from shared.database import Database
from shared.errors import ConfigError, Refusal

KEPT = timedelta(days=14)
_BEFORE, _AFTER = "before-upgrade", "rolled-back"
_BROUGHT_BACK = "fresh"
_SPARE = 1.1  # room for the copy, and a tenth for the upgrade itself


class NoCopy(Refusal):
    """There is no copy from before an upgrade."""


class StillInUse(Refusal):
    """A program has the database open."""


def keep_copy(database: Database, version: str) -> Path | None:
    """Copy a SQLite database in use; return where, None for PostgreSQL. An older copy goes.

    Raises ConfigError if there is no room or the folder cannot be written; then nothing has changed.
    """
    file = _file_of(database)
    if file is None:
        return None
    kept = file.with_name(f"{file.name}.{_BEFORE}-{version}")
    wanted, free = int(file.stat().st_size * _SPARE), shutil.disk_usage(file.parent).free
    if free < wanted:
        raise ConfigError(
            f"{file}: no room for the copy before the upgrade: {wanted >> 20} MB are needed, {free >> 20} MB are free. "
            "Nothing was changed. Please make room and start again."
        ) from OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    fresh = file.with_name(f".{kept.name}")
    try:
        _copy(file, fresh)
        for old in _copies(file):
            old.unlink()
        fresh.replace(kept)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{kept}: the copy before the upgrade cannot be written ({error}). Try again.") from error
    finally:
        with contextlib.suppress(OSError):  # a disk that turned read-only: the error above says so
            fresh.unlink(missing_ok=True)
    return kept


def roll_back(database: Database) -> str:
    """Put the copy from before the last upgrade in place; return its version. No program may be running.

    What stood there stays beside it, for whoever looks for what was typed since. Raises NoCopy and StillInUse.
    """
    file = _file_of(database)
    found = _copies(file) if file is not None else []
    if file is None or not found:
        raise NoCopy("There is no copy from before an upgrade.")
    database.dispose()
    if not file.exists():
        raise NoCopy(f"{file}: there is no database to go back from. Nothing was changed.")
    _close(file)
    fresh, aside = file.with_name(f".{file.name}.{_BROUGHT_BACK}"), file.with_name(f"{file.name}.{_AFTER}")
    _copy(found[-1], fresh)
    aside.unlink(missing_ok=True)
    os.link(file, aside)  # never a moment without a database: a program that starts then would begin an empty one
    fresh.replace(file)
    found[-1].unlink()  # it is the database now; going back twice would put that aside over what was typed
    return _version_of(found[-1])


def forget_copies(database: Database, older_than: datetime | None = None) -> int:
    """Delete the copies, or only those made before `older_than`; return how many are gone."""
    file = _file_of(database)
    if file is None:
        return 0
    gone = 0
    for copy in [*_copies(file), *_left_behind(file), file.with_name(f"{file.name}.{_AFTER}")]:
        if copy.exists() and (older_than is None or copy.stat().st_mtime < older_than.timestamp()):
            copy.unlink()
            gone += 1
    return gone


def _close(file: Path) -> None:
    """Bring all that is in the write-ahead log into `file`, which then stands alone; raise StillInUse.

    SQLite leaves the write-ahead log only for somebody who is alone with the database.
    """
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=0.5)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise StillInUse(f"{file}: is in use ({error}). Stop the program first; nothing was changed.") from error


def _copies(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.{_BEFORE}-*"), key=_version_of)


def _left_behind(file: Path) -> list[Path]:
    """Return what a power cut in the middle of a copy has left: half a copy holds people too."""
    return [path for kind in (_BEFORE, _BROUGHT_BACK) for path in file.parent.glob(f".{file.name}.{kind}*")]


def _version_of(copy: Path) -> str:
    found = re.search(r"-(\d+)$", copy.name)
    return found.group(1) if found else ""


def _file_of(database: Database) -> Path | None:
    return Path(database.url.database) if database.is_sqlite and database.url.database else None


def _copy(file: Path, to: Path) -> None:
    """Copy by the backup API, the only way that gets all of a database in use."""
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(to)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    with to.open("rb") as copied:
        os.fsync(copied.fileno())
