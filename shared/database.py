"""A database and its two kinds of transaction, for both sides and both engines.

Rule: only edges (a request, a message, a job, a command) call `transaction()` or
`reading()`; services get a session and never commit.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from shared import read_only
from shared.errors import ConfigError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}  # constraints need names before a migration can change them
_MACHINES = re.compile(r"(?P<before>postgresql[^:]*://(?:[^@/]*@)?)(?P<machines>[^/@,]+(?:,[^/@,]+)+)/(?P<after>.*)")
PATIENCE = {
    "connect_timeout": 5,  # s for each machine: one that is gone does not answer at all
    "tcp_user_timeout": 30_000,  # ms until a connection to a machine that vanished is given up
    "keepalives_idle": 30,  # s
}  # of PostgreSQL's connections; the address may say otherwise
BUSY_TIMEOUT_MS = 15_000  # a writer waits for the one before it; a batch takes far less
LOOK_EVERY_S = 0.001  # between two writers there is rarely more


class Database:
    """One database. SQLite is opened with WAL, foreign keys and `synchronous=FULL`.

    A power cut must not roll back what was already sent, hence FULL. PostgreSQL may be several
    machines, `postgresql://…@one:5432,two:5432/hub?target_session_attrs=read-write`: connections
    that broke are replaced by ones to the machine that takes writes now.
    """

    def __init__(
        self,
        url: str,
        *,
        cache_mb: int = 16,
        wal_autocheckpoint: int = 1000,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
    ) -> None:
        self.url = _url_of(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # An error that quotes what was to be written would put names into the program's log.
        patience = {} if self.is_sqlite else {k: v for k, v in PATIENCE.items() if k not in self.url.query}
        self.engine = create_engine(
            self.url, pool_pre_ping=not self.is_sqlite, hide_parameters=True, connect_args=patience
        )
        if self.is_sqlite:
            read_only.let_open(self.engine)
            _prepare_sqlite(self.engine, cache_mb, wal_autocheckpoint, busy_timeout_ms)
        self._writing = sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)
        self._reading = sessionmaker(
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ"),
            expire_on_commit=False,
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that may write; commit at the end, roll back on an exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE): upgrading a read
        transaction later fails immediately, whatever the time-out.
        """
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one snapshot and never holds up a writer; nothing is kept.

        What was read stays readable afterwards: a page is drawn when the snapshot is over.
        """
        with self._reading() as session:
            yield session
            session.expunge_all()  # a rollback would empty what is still attached
            session.rollback()

    def on_session(self, name: str, listener: Any) -> None:
        """Listen to a session event of all writing sessions (the ledger stamps in `before_commit`)."""
        event.listen(self._writing, name, listener)

    def dispose(self) -> None:
        self.engine.dispose()


def _url_of(text: str) -> URL:
    """Return the address; several machines as libpq writes them become what SQLAlchemy understands.

    Raises ConfigError for what is no address at all; the message does not quote it, there may be a password in it.
    """
    several = _MACHINES.fullmatch(text)
    if several is None:
        try:
            return make_url(text)
        except (ArgumentError, ValueError) as error:
            raise ConfigError("database: this is not the address of a database, as postgresql://host/name.") from error
    url = make_url(f"{several['before']}/{several['after']}")
    machines = tuple(machine if ":" in machine else f"{machine}:5432" for machine in several["machines"].split(","))
    return url.update_query_dict({"host": machines})


def _prepare_sqlite(engine: Engine, cache_mb: int, wal_autocheckpoint: int, busy_timeout_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin our transactions ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is deleted is overwritten: who was erased is not in the file any more
            f"busy_timeout={busy_timeout_ms}",
            f"cache_size=-{cache_mb * 1024}",
            f"wal_autocheckpoint={wal_autocheckpoint}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("writing", False):
            _begin_writing(connection, busy_timeout_ms)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection, busy_timeout_ms: int) -> None:
    """Take the write lock as soon as it is free.

    SQLite's own waiting looks at it ever more rarely, in the end ten times a second: beside a job that
    writes many short transactions one after the other it looked in vain for seconds, this for 70 ms.
    """
    driver: Any = connection.connection.driver_connection
    gives_up_at = time.monotonic() + busy_timeout_ms / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _is_begun(driver) and time.monotonic() < gives_up_at:
            time.sleep(LOOK_EVERY_S)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # says what is wrong
    finally:
        driver.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")


def _is_begun(driver: sqlite3.Connection) -> bool:
    """Try to begin; tell whether waiting is over: it has begun, or something else than another writer is in the way."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY
    return True
