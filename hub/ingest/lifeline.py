"""A connection that a worker keeps open for as long as it lives, and by which others see that it does.

It holds one advisory lock of PostgreSQL. The kernel closes the connections of a process that ends,
however it ends, and the server then frees the lock: that is noticed in seconds. Nothing is decided
by the lock alone; a connection may break while both ends live.
"""

import contextlib

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.database import Database

LOCKS = 1_397_245_010  # the first half of the lock's key; the second is the worker's number
_HOLD = text("SELECT pg_try_advisory_lock(:locks, :number)")
_HELD = text(
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = :locks AND objsubid = 2 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lifeline:
    """Made without connecting."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def hold(self, number: int) -> None:
        """Take up the lock of worker `number` on a connection that stays open; raises what the database raises."""
        self.close()
        self._connection = self._engine.connect()
        self._connection.execute(_HOLD, {"locks": LOCKS, "number": number})

    def held(self, session: Session) -> set[int]:
        """Return the numbers of the workers whose connection is open."""
        return set(session.scalars(_HELD, {"locks": LOCKS}))

    def close(self) -> None:
        """Close the connection, not give it back: the lock belongs to it."""
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                self._connection.invalidate()
                self._connection.close()
        self._connection = None
