"""How Alembic finds the tables of this app: every feature of `FEATURES` brings its own."""

import node.app  # noqa: F401  (loads every model)
from node.core.db import Base
from shared.migration_steps import serve

serve(Base.metadata)
