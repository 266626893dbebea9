"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

from typing import Any

from sqlalchemy import Connection

import node.app  # noqa: F401  (loads every model)
from node.bookings import guard
from node.core import audit
from node.core.db import Base
from shared.migration_steps import serve


def build(target: Any, connection: Connection) -> None:
    """Put the triggers back: those that forbid double bookings, those that keep the log as it is."""
    guard.build(target, connection)
    audit.build(target, connection)


serve(Base.metadata, afterwards=build)
