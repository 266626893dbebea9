"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

import node.app  # noqa: F401  (loads every model)
from node.bookings import guard
from node.core.db import Base
from shared.migration_steps import serve

serve(Base.metadata, afterwards=guard.build)  # the triggers that forbid double bookings
