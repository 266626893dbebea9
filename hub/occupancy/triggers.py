# ruff: noqa: S608 (every name in these statements stands in this file)
"""The SQL that notes which months of which house have to be added up again.

Rule: nothing here adds anything up. A confirmed booking makes the months due that it touches on
any wall clock of the world; whatever says when a house is open, or what its spaces are, makes
all of them due. On SQLite a trigger runs per row, on PostgreSQL per statement with its
transition tables, so a batch of bookings is noted at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, inspect

ALWAYS = ("0000-00", "9999-99")
WEST, EAST = "-12 hours", "+14 hours"  # the clocks that are furthest behind and ahead of UTC


class Watched(NamedTuple):
    """The columns of a table that matter here, and under which condition a row does."""

    columns: Sequence[str]
    condition: str = ""
    of_months: bool = False


WATCHED: Mapping[str, Watched] = {
    "bookings": Watched(
        ("space_id", "starts_at", "ends_at", "kind", "state"), "{row}.state = 'confirmed'", of_months=True
    ),
    "opening_hours": Watched(("kind", "weekday", "opens_local", "closes_local", "valid_from", "valid_until", "closed")),
    "space_hours": Watched(("space_id", "weekday", "opens_local", "closes_local", "valid_from", "valid_until")),
    "spaces": Watched(("parent_id", "bookable", "is_guest_space")),
    "centres": Watched(("time_zone", "region", "closed_on_holidays")),
}


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    present = set(inspect(connection).get_table_names())
    if not {*WATCHED, "occupancy_due"} <= present:
        return  # somebody creates a few tables by name
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def statements(dialect: str) -> list[str]:
    """Return the DDL of one database; each statement may be run again."""
    of_table = _on_sqlite if dialect == "sqlite" else _on_postgresql
    return [line for table, watched in WATCHED.items() for line in of_table(table, watched)]


def _on_sqlite(table: str, watched: Watched) -> Sequence[str]:
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in watched.columns)
    moments = {
        "inserted": ("AFTER INSERT", _matters(watched, "new"), ("new",)),
        "updated": (f"AFTER UPDATE OF {', '.join(watched.columns)}", changed, ("old", "new")),
        "deleted": ("AFTER DELETE", _matters(watched, "old"), ("old",)),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_occupancy_{name} {when} ON {table} WHEN {condition} BEGIN "
        + " ".join(
            f"INSERT INTO occupancy_due(centre_id, first, last) SELECT {_due_on_sqlite(watched, row)} "
            f"WHERE {_matters(watched, row)} ON CONFLICT DO NOTHING;"
            for row in rows
        )
        + " END"
        for name, (when, condition, rows) in moments.items()
    ]


def _due_on_sqlite(watched: Watched, row: str) -> str:
    if not watched.of_months:
        return f"{row}.centre_id, '{ALWAYS[0]}', '{ALWAYS[1]}'"
    first, last = (
        f"strftime('%Y-%m', {row}.{column}, '{shift}')" for column, shift in (("starts_at", WEST), ("ends_at", EAST))
    )
    return f"{row}.centre_id, {first}, {last}"


def _matters(watched: Watched, row: str) -> str:
    return watched.condition.format(row=row) or "true"


def _on_postgresql(table: str, watched: Watched) -> Sequence[str]:
    """What is due already is updated, not skipped: that locks it until this writer commits.

    Else the job could take it off the list while it still reads what was before.
    """
    old, new = (f"({', '.join(f'{row}.{column}' for column in watched.columns)})" for row in ("o", "n"))
    both = f"FROM old_rows o JOIN new_rows n USING (centre_id, id) WHERE {old} IS DISTINCT FROM {new}"
    moments = {
        "inserted": ("INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
        "updated": (
            "UPDATE",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            f"SELECT o.* {both} UNION ALL SELECT n.* {both}",
        ),
        "deleted": ("DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
    }
    lines = []
    for name, (when, transition, rows) in moments.items():
        trigger = f"{table}_occupancy_{name}"
        lines += [
            f"""CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO occupancy_due(centre_id, first, last)
                SELECT DISTINCT {_due_on_postgresql(watched, "r")} FROM ({rows}) r
                WHERE {_matters(watched, "r")} ORDER BY 1, 2, 3
                ON CONFLICT (centre_id, first, last) DO UPDATE SET centre_id = excluded.centre_id;
                RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {trigger} AFTER {when} ON {table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()""",
        ]
    return lines


def _due_on_postgresql(watched: Watched, row: str) -> str:
    if not watched.of_months:
        return f"{row}.centre_id, '{ALWAYS[0]}', '{ALWAYS[1]}'"
    first, last = (
        f"to_char({row}.{column} AT TIME ZONE 'UTC' + interval '{shift}', 'YYYY-MM')"
        for column, shift in (("starts_at", WEST), ("ends_at", EAST))
    )
    return f"{row}.centre_id, {first}, {last}"
