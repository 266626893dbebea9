"""Both sides of the network on each engine: a node's and the hub's database and ledger.

`pair` runs on SQLite and on PostgreSQL; a test that is not about the engine takes `sqlite_pair`.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import hub.announcements.models
import hub.bookings.models
import hub.centres.models
import hub.holidays.models
import hub.norm.models
import hub.opening_hours.models
import hub.programme.models
import hub.recovery.models
import hub.spaces.models
import hub.themes.models
import hub.visits.models  # noqa: F401 (the tables of both sides)
import node.announcements.models
import node.bookings.models
import node.centre.models
import node.holidays.models
import node.norm.models
import node.opening_hours.models
import node.programme.models
import node.recovery.models
import node.spaces.models
import node.themes.models
import node.visits.models  # noqa: F401 (the tables of both sides)
from hub.core import db as hub_db
from node.core import db as node_db
from shared.database import Database
from shared.replication.ledger import Ledger
from shared.replication.messages import Change, Digest, Pass
from shared.replication.ports import Outcome
from tests.services import postgres_database

CENTRE = "hamborn"
UP, DOWN = f"node/{CENTRE}", f"hub/{CENTRE}"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Sides = tuple[Database, Database]


@dataclass
class Pair:
    """A node and the hub without a wire: `up` carries what is new from the node's ledger to the hub's."""

    node: Database
    hub: Database
    told: list[frozenset[str]] = field(default_factory=list)
    at_node: Ledger = node_db.LEDGER
    at_hub: Ledger = hub_db.LEDGER

    def open(self) -> None:
        with self.node.transaction() as session:
            self.at_node.open_feed(session, UP, "mini-pc")
        with self.hub.transaction() as session:
            self.at_hub.open_feed(session, DOWN, "city-server")

    def changes(self, after: int = 0) -> tuple[Change, ...]:
        """Return everything that the node's feed has after a revision."""
        with self.node.transaction() as session:
            return self.at_node.source(session, UP).read_after(after, 10_000, 10**9).changes

    def up(self, after: int = 0) -> tuple[Change, ...]:
        changes = self.changes(after)
        self.apply(changes)
        return changes

    def apply(self, changes: Sequence[Change], walk: Pass | None = None, pass_number: int = 0) -> Outcome:
        """Apply changes of the node's feed at the hub."""
        with self.hub.transaction() as session:
            return self.at_hub.replica(session, UP).apply(changes, walk, pass_number)

    def down(self) -> tuple[Change, ...]:
        """Carry all of the hub's feed to the node."""
        with self.hub.transaction() as session:
            changes = self.at_hub.source(session, DOWN).read_after(0, 10_000, 10**9).changes
        with self.node.transaction() as session:
            self.at_node.replica(session, DOWN).apply(changes, None, 0)
        return changes

    def digests(self) -> tuple[dict[str, Digest], dict[str, Digest]]:
        """Return the node's digests of its feed and the hub's."""
        with self.node.transaction() as session:
            own = dict(self.at_node.source(session, UP).digests())
        with self.hub.transaction() as session:
            return own, dict(self.at_hub.replica(session, UP).digests())

    def at_hub_now(self, kind: Any) -> list[Any]:
        """Return the hub's rows of a class, by id."""
        with self.hub.reading() as session:
            return session.query(kind).order_by(kind.id).all()


@pytest.fixture
def sqlite_pair(tmp_path: Path) -> Iterator[Pair]:
    """A node and the hub, each on SQLite, with their feeds open."""
    sides = (Database(f"sqlite:///{tmp_path}/node.db"), Database(f"sqlite:///{tmp_path}/hub.db"))
    _make(sides)
    yield _watched(sides)
    _dispose(sides)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def pair(request: pytest.FixtureRequest) -> Pair:
    """A node and the hub with their feeds open, both on SQLite or both on PostgreSQL."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_pair")  # type: ignore[no-any-return]
    return request.getfixturevalue("postgres_pair")  # type: ignore[no-any-return]


@pytest.fixture
def postgres_pair(postgres_sides: tuple[str, str]) -> Iterator[Pair]:
    """A node and the hub, each on an emptied PostgreSQL database, with their feeds open."""
    sides = (Database(postgres_sides[0]), Database(postgres_sides[1]))
    for database, metadata in zip(sides, (node_db.Base.metadata, hub_db.Base.metadata), strict=True):
        with database.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} CASCADE"))
    yield _watched(sides)
    _dispose(sides)


@pytest.fixture(scope="session")
def postgres_sides(postgres_server: str) -> Iterator[tuple[str, str]]:
    """Two databases with the tables of a node and of the hub, made once: tables cost more than emptying them."""
    with ExitStack() as stack:
        urls = (
            stack.enter_context(postgres_database(postgres_server)),
            stack.enter_context(postgres_database(postgres_server)),
        )
        sides = (Database(urls[0]), Database(urls[1]))
        _make(sides)
        _dispose(sides)
        yield urls


def _make(sides: Sides) -> None:
    node_db.Base.metadata.create_all(sides[0].engine)
    hub_db.Base.metadata.create_all(sides[1].engine)


def _watched(sides: Sides) -> Pair:
    made = Pair(*sides)
    made.at_node.watch(made.node, made.told.append)
    made.at_hub.watch(made.hub, made.told.append)
    made.open()
    return made


def _dispose(sides: Sides) -> None:
    for database in sides:
        database.dispose()
