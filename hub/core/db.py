"""The hub's tables and the transaction that a request opens.

Rule: replicated tables are written through the ORM session only, else the change would
slip past the revision stamp.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.database import NAMING, Database
from shared.records.base import Side
from shared.replication.ledger import Ledger


class Base(DeclarativeBase):
    """The hub's tables. Records of centres carry `centre_id`; the hub's own do not."""

    metadata = MetaData(naming_convention=NAMING)


LEDGER = Ledger(Base, Side.HUB)  # its tables stand in Base.metadata; create_app calls LEDGER.watch(database)


def open_database(url: str) -> Database:
    """Open the hub's database; on SQLite with the cache and checkpoints that keep up with a million records."""
    return Database(url, cache_mb=256, wal_autocheckpoint=20_000)


def database() -> Database:
    """Return the database of the running app."""
    found: Database = current_app.extensions["stadtherz.database"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one writing transaction of a request."""
    with database().transaction() as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open one snapshot to read from; use it for pages that change nothing."""
    with database().reading() as session:
        yield session


class OfCentre:
    """Mixin of the tables that hold centres' records: the centre is part of the key.

    So a record of one centre can never stand in for, or overwrite, one of another. Put it
    before the columns: `class Booking(OfCentre, BookingColumns, Base)`.
    """

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True, sort_order=-20)
