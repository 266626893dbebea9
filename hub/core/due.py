# ruff: noqa: S608 (every name in these statements stands in this file)
"""Which houses something derived has to be reckoned anew for.

Triggers note the house, whoever writes; jobs take the houses off their list and reckon. So ingest
pays for a note and nothing more, and what is derived follows within seconds. Each list has a
`purpose` of its own.

Rule: nothing here looks at what has changed; a house that is noted for nothing is reckoned for nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, String, delete, event, func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base, reading, transaction

NORM, OFFERS = "norm", "offers"
AT_ONCE = 5  # houses in one transaction: some fifty milliseconds, in which ingest waits on SQLite
ROUNDS_MAX = 40  # a rush is worked off in turns, so that other jobs get theirs

# What has to change in which table, and for whom: () is every column.
_WATCHED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "events": (
        ("state", "theme", "target_groups", "languages", "accessibility", "series_id", "starts_at"),
        (NORM, OFFERS),
    ),
    "opening_hours": ((), (NORM,)),
    "centres": (("closed_on_holidays", "region", "time_zone", "district", "quarter"), (NORM, OFFERS)),
}


_PUT = text("INSERT INTO houses_due(purpose, centre_id) VALUES (:purpose, :centre_id) ON CONFLICT DO NOTHING")


class DueHouse(Base):
    """A house that is due. Filled by triggers, and by jobs when a new week begins."""

    __tablename__ = "houses_due"

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)


def catch_up(purpose: str, reckon: Callable[[Session, str], None]) -> None:
    """Reckon the houses that are due, in short transactions: ingest waits for none of them for long."""
    for _ in range(ROUNDS_MAX):
        with reading() as session:
            if not waiting(session, purpose, up_to=1):
                return  # an idle look takes no lock
        with transaction() as session:
            for centre_id in take(session, purpose):
                reckon(session, centre_id)


def waiting(session: Session, purpose: str, up_to: int = 1_000) -> int:
    """Return how many houses are due, counting no further than `up_to`."""
    some = select(DueHouse).where(DueHouse.purpose == purpose).limit(up_to).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def take(session: Session, purpose: str, at_most: int = AT_ONCE) -> list[str]:
    """Take houses off the list. Needs a writing transaction; houses that ingest holds are left for later."""
    listed = select(DueHouse.centre_id).where(DueHouse.purpose == purpose).limit(at_most)
    taken = list(session.scalars(listed.with_for_update(skip_locked=True)))
    session.execute(delete(DueHouse).where(DueHouse.purpose == purpose, DueHouse.centre_id.in_(taken)))
    return taken


def put(session: Session, purpose: str, centre_ids: Iterable[str]) -> None:
    """Put houses on the list; those that are on it stay there."""
    rows = [{"purpose": purpose, "centre_id": centre_id} for centre_id in sorted(set(centre_ids))]
    if rows:
        session.execute(_PUT, rows)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; tables that are not there need none."""
    present = set(inspect(connection).get_table_names())
    if DueHouse.__tablename__ not in present:
        return
    for table in _WATCHED.keys() & present:
        for statement in _on_sqlite(table) if connection.dialect.name == "sqlite" else _on_postgresql(table):
            connection.exec_driver_sql(statement)


def _on_sqlite(table: str) -> Sequence[str]:
    columns, purposes = _WATCHED[table]
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns) or "true"
    moments = {
        "inserted": ("INSERT", "true", "new"),
        "updated": (f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE", changed, "new"),
        "deleted": ("DELETE", "true", "old"),
    }
    return [
        f"""CREATE TRIGGER IF NOT EXISTS {table}_due_{name} AFTER {when} ON {table} WHEN {condition} BEGIN
            INSERT INTO houses_due(purpose, centre_id)
            VALUES {", ".join(f"('{purpose}', {row}.centre_id)" for purpose in purposes)} ON CONFLICT DO NOTHING; END"""
        for name, (when, condition, row) in moments.items()
    ]


def _on_postgresql(table: str) -> Sequence[str]:
    """A house that is due already is updated, not skipped: that locks it until this writer commits.

    Else `take` could take it off the list while `reckon` still reads what was there before.
    """
    columns, purposes = _WATCHED[table]
    old, new = (f"ROW({', '.join(f'{row}.{column}' for column in columns) or f'{row}.*'})" for row in ("o", "n"))
    changed = f"SELECT n.* FROM old_rows o JOIN new_rows n USING (centre_id, id) WHERE {old} IS DISTINCT FROM {new}"
    moments = {
        "inserted": ("INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
        "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", changed),
        "deleted": ("DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
    }
    wanted = ", ".join(f"('{purpose}')" for purpose in purposes)
    lines = []
    for name, (when, transition, rows) in moments.items():
        trigger = f"{table}_due_{name}"
        lines += [
            f"""CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO houses_due(purpose, centre_id)
                SELECT DISTINCT wanted.purpose, changed.centre_id
                FROM ({rows}) changed CROSS JOIN (VALUES {wanted}) wanted(purpose) ORDER BY 1, 2
                ON CONFLICT (purpose, centre_id) DO UPDATE SET purpose = excluded.purpose;
                RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {trigger} AFTER {when} ON {table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()""",
        ]
    return lines


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", create)
