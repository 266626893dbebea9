"""Brings a database to the shape that this program needs, before anything else touches it.

Rule: scripts are named by their number (`0001_first.py`), and the number is the revision;
so a start of a program that is up to date costs one query and does not load Alembic.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy import inspect, select, table
from sqlalchemy.sql import column

from shared.database import Database
from shared.errors import ConfigError

VERSION_TABLE = "alembic_version"


def upgrade(database: Database, scripts: Path) -> bool:
    """Run the scripts that `database` has not seen yet; tell whether there were any.

    `scripts` is the folder `migrations` of an app. Raises ConfigError if the database is of
    a newer program than this one: an older program could damage what it does not know.
    """
    wanted, found = newest(scripts), version(database)
    if found == wanted:
        return False
    if found is not None and found > wanted:
        raise ConfigError(
            f"The database {database.url.render_as_string()} has version {found}, this program knows up to {wanted}. "
            "Please install the newer program, or restore the backup from before the upgrade."
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
