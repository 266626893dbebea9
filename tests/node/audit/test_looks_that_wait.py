"""Who looked at whom is noted; a disk that takes nothing keeps nobody from reading."""

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from node.core.audit import AuditEntry
from shared.database import Database
from tests.factories import make_booking


def protect(database: Database, on: bool) -> None:
    """Let SQLite write nothing, as on a read-only disk; the requests of a test share one connection."""
    with database.engine.connect() as connection:
        connection.execute(text(f"PRAGMA query_only = {'ON' if on else 'OFF'}"))


def looks(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(AuditEntry.action == "looked")) or 0


def test_a_booking_can_be_read_and_the_look_is_noted_later(signed_in: FlaskClient, database: Database) -> None:
    """The look waits in memory, and is written beside the next one that the disk takes."""
    with database.transaction() as session:
        first, second = make_booking(session, title="Chor").id, make_booking(session, title="Skat").id
    protect(database, True)
    shown = signed_in.get(f"/buchungen/{first}")
    assert (shown.status_code, "Chor" in shown.text, looks(database)) == (200, True, 0)
    protect(database, False)
    assert signed_in.get(f"/buchungen/{second}").status_code == 200
    assert looks(database) == 2
