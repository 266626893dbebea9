"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

from typing import Any

from sqlalchemy import Connection

import node.app  # noqa: F401  (loads every model)
from node.bookings import guard as bookings
from node.core import audit
from node.core.db import Base
from node.equipment import guard as equipment
from node.registration import guard as registrations
from shared.migration_steps import serve


def build(target: Any, connection: Connection) -> None:
    """Put the triggers back: against double bookings and overbooked events, and those that keep the log as it is."""
    bookings.build(target, connection)
    equipment.build(target, connection)
    registrations.build(target, connection)
    audit.build(target, connection)


serve(Base.metadata, afterwards=build)
