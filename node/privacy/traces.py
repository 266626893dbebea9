"""What SQLite leaves behind of deleted rows, and how it is overwritten.

A deleted cell stays in its page, a freed page in the file, and the page as it was in the
write-ahead log, until something else is written there. So every connection runs with
`secure_delete=ON` (shared.database): cells and pages are overwritten with zeros in the same
transaction. What is left is the write-ahead log, which still has the pages from before; a
checkpoint that truncates it brings the overwritten pages into the file and empties the log.
VACUUM is not needed for that: it would block writers for seconds and gain only space.

A full-text index of FTS5 keeps deleted words in its segments in spite of the pragma. No
personal column of a node is in one; whoever adds one has to set FTS5's own `secure-delete`.
PostgreSQL: autovacuum frees, the disk's encryption protects.
Backups are out of reach: they hold what was there when they were made, until they are rotated.
"""

import logging
import sqlite3

from shared.database import Database
from shared.upgrade_copies import forget_copies

_LOG = logging.getLogger(__name__)


def forget_for_good(database: Database) -> bool:
    """Do away with all that could bring back who was just erased: upgrade copies, and the traces in the file.

    Tells whether the traces could be overwritten. Every way that erases somebody by name ends here.
    """
    try:
        forget_copies(database)
    except OSError as error:
        _LOG.error("privacy: a copy from before an upgrade cannot be deleted (%s)", error.strerror)
        overwrite_traces(database)
        return False
    return overwrite_traces(database)


def overwrite_traces(database: Database) -> bool:
    """Empty the write-ahead log; tell whether that was possible.

    It waits for readers as long as any writer would (the busy time-out). If one reads still, the
    next checkpoint does it: there is one with every run of retention that removed something.
    """
    if not database.is_sqlite:
        return True
    try:
        with database.engine.connect() as connection:
            raw = connection.connection.cursor()  # a checkpoint cannot run inside a transaction
            busy, _in_log, _moved = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.close()
    except sqlite3.OperationalError as error:  # who was erased is erased: a full disk is no reason to say it is not
        _LOG.error("privacy: the write-ahead log cannot be emptied (%s)", error.sqlite_errorname)
        return False
    if busy:
        _LOG.warning("privacy: the write-ahead log is in use; what was removed is overwritten with the next run")
    return not busy
