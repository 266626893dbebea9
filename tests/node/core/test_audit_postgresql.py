"""The log is kept from being rewritten on PostgreSQL too."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError

import node.app  # noqa: F401 (the tables of every feature)
from node.core import audit, privacy
from node.core.audit import AuditEntry, Wanted
from node.core.db import Base
from shared.database import Database
from shared.time import now
from shared.web.actors import NOBODY
from tests.factories import make_space

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture
def house(postgres_url: str) -> Iterator[Database]:
    """A house's database on PostgreSQL, whose changes are noted."""
    database = Database(postgres_url)
    with database.engine.begin() as connection:
        Base.metadata.create_all(connection)
    audit.watch(database, now, lambda: NOBODY, privacy.Registry())
    yield database
    database.dispose()


def entry_of(days_ago: int) -> dict[str, Any]:
    row = {"at": now() - timedelta(days=days_ago), "actor_kind": "job", "actor_id": "x", "action": "changed"}
    return {**row, "table_name": "bookings", "record_id": str(days_ago), "about_people": False, "changes": {}}


def test_changes_are_noted_and_stay(house: Database) -> None:
    """A change is in the log; an entry can be neither changed nor, before its time, deleted."""
    with house.transaction() as session:
        make_space(session, "Saal")
        session.execute(insert(AuditEntry), [entry_of(1), entry_of(100)])
    for statement in (update(AuditEntry).values(actor_id="nobody"), delete(AuditEntry)):
        with pytest.raises(DBAPIError, match="only ever added"), house.transaction() as session:
            session.execute(statement)
    with house.transaction() as session:
        assert audit.forget_before(session, now() - timedelta(days=95)) == 1
        assert [entry.action for entry in session.scalars(audit.entries(Wanted(table="spaces")))] == ["created"]
