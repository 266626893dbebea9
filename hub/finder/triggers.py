# ruff: noqa: S608 (every name in these statements stands in this file)
"""The SQL that stamps a house anew when its profile, spaces or hours change.

On SQLite a trigger runs per row, on PostgreSQL per statement with its transition tables. None
of these tables is written often; bookings, which are, have no trigger here.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, inspect

TABLES = ("centres", "spaces", "space_hours", "opening_hours")
_RANDOM = {"sqlite": "abs(random() % 1099511627776)", "postgresql": "floor(random() * 1099511627776)::bigint"}


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    present = set(inspect(connection).get_table_names())
    if not {*TABLES, "house_stamps"} <= present:
        return  # somebody creates a few tables by name
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def statements(dialect: str) -> list[str]:
    """Return the DDL of one database; each statement may be run again."""
    write = _on_sqlite if dialect == "sqlite" else _on_postgresql
    return [line for table in TABLES for line in write(table)]


def _on_sqlite(table: str) -> Iterator[str]:
    for moment, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
        yield f"""CREATE TRIGGER IF NOT EXISTS {table}_stamp_{moment.lower()} AFTER {moment} ON {table} BEGIN
            INSERT INTO house_stamps (centre_id, stamp) VALUES ({row}.centre_id, {_RANDOM["sqlite"]})
            ON CONFLICT (centre_id) DO UPDATE SET stamp = excluded.stamp; END"""


def _on_postgresql(table: str) -> Iterator[str]:
    for moment, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        name = f"{table}_stamp_{moment.lower()}"
        yield f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO house_stamps (centre_id, stamp)
            SELECT centre_id, {_RANDOM["postgresql"]} FROM (SELECT DISTINCT centre_id FROM changed ORDER BY 1) AS houses
            ON CONFLICT (centre_id) DO UPDATE SET stamp = excluded.stamp;
            RETURN NULL; END $$"""
        yield f"""CREATE OR REPLACE TRIGGER {name} AFTER {moment} ON {table}
            REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""
