"""What happens when a database is not up to date, and how a new script is drafted.

`python -m shared.migration_steps hub "what changes"` compares the tables of the code with
those that the scripts make, and writes the difference as the next script, to be read and
mended by a person.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, delete, insert, select, table, text
from sqlalchemy.sql import column

from shared.columns import Tags, UTCDateTime
from shared.database import Database
from shared.migrations import BOUND_TABLE, newest, version
from shared.upgrade_copies import keep_copy

ONE_AT_A_TIME = 7_347_843_723  # key of PostgreSQL's advisory lock: two programs may start at once
_LOG = logging.getLogger(__name__)


def run(database: Database, scripts: Path) -> None:
    """Run all outstanding scripts in one transaction: a script that fails leaves everything as it was.

    A SQLite database that has been in use is copied first; ConfigError if there is no room for that.
    """
    found = version(database)
    if found is not None:
        keep_copy(database, found)
    _LOG.info("database: running the migrations of %s", scripts)
    with database.engine.execution_options(writing=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        settings = _settings(scripts, connection, run=True)
        command.upgrade(settings, "head")
        _note_bound(connection, ScriptDirectory.from_config(settings), found)


def _note_bound(connection: Connection, scripts: ScriptDirectory, found: str | None) -> None:
    """Note the oldest program that may work with the database now: the strictest word of all scripts so far."""
    bounds = table(BOUND_TABLE, column("number"))
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {BOUND_TABLE} (number VARCHAR(10) NOT NULL)"))
    before = connection.scalar(select(bounds.c.number)) or found or ""
    new = [getattr(s.module, "works_with", s.revision) for s in scripts.walk_revisions() if s.revision > (found or "")]
    connection.execute(delete(bounds))
    connection.execute(insert(bounds).values(number=max([before, *new])))


def serve(metadata: MetaData, afterwards: Callable[[None, Connection], None] | None = None) -> None:
    """Be the `env.py` of an app: run what Alembic was asked for on the connection that `run` opened.

    `afterwards` puts back what a table does not carry with it when SQLite copies it: triggers.
    """
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite cannot change a column: its table is copied
        compare_type=True,
        render_item=_our_type,
        include_object=is_declared,
    )
    context.run_migrations()
    if afterwards is not None and context.config.attributes.get("run"):
        afterwards(None, connection)


def is_declared(_object: object, name: str | None, _kind: str, reflected: bool, _like: object) -> bool:
    """Leave out what no table declares: full-text indexes, `…_fts`, made by `afterwards`, and the bound of `run`."""
    return not (reflected and name is not None and ("_fts" in name or name == BOUND_TABLE))


def _our_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as scripts import them."""
    return f"columns.{type(item).__name__}()" if isinstance(item, UTCDateTime | Tags) else False


def draft(scripts: Path, message: str) -> None:
    """Write the next script of an app."""
    number = f"{int(newest(scripts)) + 1:04d}" if any((scripts / "versions").glob("[0-9]*_*.py")) else "0001"
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/draft.sqlite")
        if number != "0001":
            run(database, scripts)
        with database.engine.connect() as connection:
            command.revision(_settings(scripts, connection), message, autogenerate=True, rev_id=number)
        database.dispose()


def _settings(scripts: Path, connection: Connection, *, run: bool = False) -> Config:
    settings = Config(attributes={"connection": connection, "run": run})
    settings.set_main_option("script_location", str(scripts).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.set_main_option("path_separator", "os")
    return settings


if __name__ == "__main__":
    draft(Path(sys.argv[1]) / "migrations", sys.argv[2])
