"""Brings a database to the shape that this program needs, before anything else touches it.

Rule: scripts are named by their number (`0001_first.py`), and the number is the revision;
so a start of a program that is up to date costs one query and does not load Alembic.

The way back: a script that only adds says with `works_with = "0010"` that programs from that number on may go on
with the database after it, and nothing is lost by installing the older program again. For any other script there
is the copy from before the upgrade (`shared.upgrade_copies`).
"""

import logging
from importlib import import_module
from pathlib import Path

from sqlalchemy import inspect, select, table
from sqlalchemy.sql import column

from shared.database import Database
from shared.errors import ConfigError

VERSION_TABLE = "alembic_version"
BOUND_TABLE = "oldest_program"  # one row: the oldest program that may work with this database
_LOG = logging.getLogger(__name__)


def upgrade(database: Database, scripts: Path) -> bool:
    """Run the scripts that `database` has not seen yet; tell whether there were any.

    `scripts` is the folder `migrations` of an app. Raises ConfigError if the database is of
    a newer program that changed more than this one can work with: it could damage what it does not know.
    """
    wanted, found = newest(scripts), version(database)
    if found == wanted:
        return False
    if found is not None and found > wanted:
        if wanted >= oldest_program(database, found):
            _LOG.warning("the database has version %s of a newer program; this one (%s) may go on", found, wanted)
            return False
        raise ConfigError(
            f"The database {database.url.render_as_string()} has version {found}, this program knows up to {wanted}. "
            "Please install the newer program, or put back the copy from before the upgrade: `roll-back`."
        )
    # Alembic takes as long to load as the rest of a start; a mini PC starts up to date nearly always.
    import_module("shared.migration_steps").run(database, scripts)
    return True


def newest(scripts: Path) -> str:
    """Return the number of the last script, which is the version that this program needs."""
    return max(file.name.split("_", 1)[0] for file in (scripts / "versions").glob("[0-9]*_*.py"))


def version(database: Database) -> str | None:
    """Return the version of `database`, None for one that was never set up."""
    versions = table(VERSION_TABLE, column("version_num"))
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        found: str | None = connection.scalar(select(versions.c.version_num))
        return found


def oldest_program(database: Database, found: str) -> str:
    """Return the number of the oldest program that may work with a database of version `found`."""
    bounds = table(BOUND_TABLE, column("number"))
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(BOUND_TABLE):
            return found
        return connection.scalar(select(bounds.c.number)) or found
