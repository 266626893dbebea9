"""The node's tables and the transaction that a request opens.

Rule: replicated tables are written through the ORM session only, else the change would
slip past the revision stamp.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Session

from shared.database import NAMING, Database
from shared.records.base import Side
from shared.replication.ledger import Ledger


class Base(DeclarativeBase):
    """The node's tables. Records of the node and records of the hub live side by side."""

    metadata = MetaData(naming_convention=NAMING)


LEDGER = Ledger(Base, Side.NODE)  # its tables stand in Base.metadata; create_app calls LEDGER.watch(database)


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
