"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

import hub.app  # noqa: F401  (loads every model)
from hub.calendar import triggers
from hub.core.db import Base
from shared.migration_steps import serve

serve(Base.metadata, triggers.create)
