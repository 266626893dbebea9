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
from sqlalchemy import Connection, MetaData, text

from shared.columns import Tags, UTCDateTime
from shared.database import Database
from shared.migrations import newest

ONE_AT_A_TIME = 7_347_843_723  # key of PostgreSQL's advisory lock: two programs may start at once
_LOG = logging.getLogger(__name__)


def run(database: Database, scripts: Path) -> None:
    """Run all outstanding scripts in one transaction: a script that fails leaves everything as it was."""
    _LOG.info("database: running the migrations of %s", scripts)
    with database.engine.execution_options(writing=True).begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        command.upgrade(_settings(scripts, connection, run=True), "head")


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
    """Leave out what no table declares: full-text indexes, `…_fts`, are derived and made by `afterwards`."""
    return not (reflected and name is not None and "_fts" in name)


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
