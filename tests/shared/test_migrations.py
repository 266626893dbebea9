"""Databases in the field are brought to the shape of the program, and never damaged by an older one."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

import hub.app
import node.app
from hub.core.db import Base as HubBase
from node.bookings import guard
from node.core.db import Base as NodeBase
from shared.database import Database
from shared.errors import ConfigError
from shared.migration_steps import is_declared
from shared.migrations import newest, upgrade, version

APPS = {"node": (node.app, NodeBase), "hub": (hub.app, HubBase)}


def scripts_of(app: ModuleType) -> Path:
    return app.HERE / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database on each engine."""
    sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}" if sqlite else request.getfixturevalue("postgres_url"))
    yield made
    made.dispose()


@pytest.fixture(params=sorted(APPS))
def app(request: pytest.FixtureRequest) -> tuple[ModuleType, Any]:
    """Each app with the base of its tables."""
    return APPS[request.param]


def test_the_scripts_make_what_the_code_declares(database: Database, app: tuple[ModuleType, Any]) -> None:
    """Nothing is left to add, change or drop: whoever changes a model writes the next script."""
    module, base = app
    upgrade(database, scripts_of(module))
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_declared})
        assert compare_metadata(context, base.metadata) == []


def test_an_empty_and_an_up_to_date_database_both_start(database: Database, app: tuple[ModuleType, Any]) -> None:
    """The first start makes the tables, the second finds nothing to do."""
    scripts = scripts_of(app[0])
    assert upgrade(database, scripts) is True
    assert version(database) == newest(scripts)
    assert upgrade(database, scripts) is False


def test_an_up_to_date_database_costs_a_start_next_to_nothing(tmp_path: Path, app: tuple[ModuleType, Any]) -> None:
    """At most 50 ms, the best of five: a mini PC starts up to date nearly always."""
    database, scripts = Database(f"sqlite:///{tmp_path / 'node.sqlite'}"), scripts_of(app[0])
    upgrade(database, scripts)

    def seconds() -> float:
        started = time.perf_counter()
        upgrade(database, scripts)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.05
    database.dispose()


def test_the_guard_against_double_bookings_stands_after_a_migration(database: Database) -> None:
    """Triggers and constraint are no part of the tables' declaration; the scripts bring them all the same."""
    upgrade(database, scripts_of(node.app))
    with database.engine.connect() as connection:
        assert guard.is_guarded(connection)


def test_the_search_follows_events_after_a_migration(database: Database) -> None:
    """The triggers that note what the search index has to look at stand, on both engines."""
    upgrade(database, scripts_of(hub.app))
    with database.transaction() as session:
        session.execute(text("INSERT INTO themes VALUES ('t', 'arts', 'Kunst', '', 1, true)"))
        put = "INSERT INTO events (centre_id, id, kind, state, title, summary, description, theme, target_groups"
        put += ", languages, accessibility, cost_note, organiser, attendance, place, online_url, starts_at, ends_at"
        put += ", cancel_reason, sequence, updated_at) VALUES ('c', 'e', '', '', 'Chor', '', '', 'arts', '', '', '', ''"
        put += ", '', '', '', '', '2026-11-23T09:00:00Z', '2026-11-23T10:00:00Z', '', 0, '2026-11-23T09:00:00Z')"
        session.execute(text(put))
        assert session.execute(text("SELECT event_id, centre_id FROM event_words_due")).all() == [("e", "c")]


def test_a_database_of_a_newer_program_is_left_alone(database: Database, app: tuple[ModuleType, Any]) -> None:
    """An older program says what to do instead of working on what it does not know."""
    scripts = scripts_of(app[0])
    upgrade(database, scripts)
    with database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE oldest_program SET number = '9999'"))
    with pytest.raises(ConfigError, match="9999"):
        upgrade(database, scripts)


def test_a_script_that_fails_leaves_everything_as_it_was(database: Database, tmp_path: Path) -> None:
    """Half a migration would be worse than none: tables of the first half are gone again."""
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text(
        "from sqlalchemy import MetaData\nfrom shared.migration_steps import serve\nserve(MetaData())\n"
    )
    (scripts / "versions" / "0001_broken.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('half', sa.Column('id', sa.Integer))\n"
        "    raise RuntimeError('power cut')\n"
    )
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(database, scripts)
    assert inspect(database.engine).get_table_names() == []
