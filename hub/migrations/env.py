"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

from sqlalchemy import Connection

import hub.app  # noqa: F401  (loads every model)
from hub.calendar import stamps, triggers
from hub.core import audit, due
from hub.core.db import Base
from hub.finder import triggers as finder_triggers
from hub.occupancy import triggers as occupancy_triggers
from hub.reports import triggers as report_triggers
from shared.migration_steps import serve


def put_back(metadata: None, connection: Connection) -> None:
    """Create the triggers and indexes that no table declares."""
    for create in (
        triggers.create,
        due.create,
        audit.build,
        stamps.create,
        finder_triggers.create,
        occupancy_triggers.create,
        report_triggers.create,
    ):
        create(metadata, connection)


serve(Base.metadata, put_back)
