"""What keeps a database or a disk from taking what is written, told apart for people.

Rule: only what a person at the counter can name to somebody on the telephone has a word here. Anything
else is a bug or a wrong statement, and stays an exception.
"""

import errno
import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError

from shared.errors import ConfigError


class Trouble(StrEnum):
    """Why nothing can be saved, or nothing can be read at all."""

    FULL = "disk_full"
    READ_ONLY = "read_only"
    FAILING = "disk_failing"
    DAMAGED = "database_damaged"
    BUSY = "busy"
    AWAY = "database_away"


_OF_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
}
_OF_POSTGRESQL = {  # by the beginning of SQLSTATE
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,  # a standby, or a server that somebody set so
    "58030": Trouble.FAILING,
    "XX001": Trouble.DAMAGED,
    "XX002": Trouble.DAMAGED,
    "53": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "57P": Trouble.AWAY,
    "08": Trouble.AWAY,
}
_OF_SYSTEM = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EFBIG: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EIO: Trouble.FAILING,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what `error` of a database or of a file tells, None if it is something else.

    A ConfigError is what lies behind it: a file of ours that the disk did not take.
    """
    if isinstance(error, ConfigError):
        return trouble_of(error.__cause__)
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0)
    return None


def is_unavailable(error: Exception) -> bool:
    """Tell whether the database cannot be used now (locked, full, away, a standby): no fault of the program."""
    return isinstance(error, OperationalError) or trouble_of(error) is not None


def _of_database(error: DBAPIError) -> Trouble | None:
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg without a state: no connection came about
        return Trouble.AWAY if isinstance(error, OperationalError) else None
    known = (_OF_POSTGRESQL.get(state[:length]) for length in (5, 3, 2))
    return next((trouble for trouble in known if trouble is not None), None)


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    return _OF_SQLITE.get(code & 0xFF)  # the higher bits say more than anybody asks
