# ruff: noqa: S608 (every name in these statements stands in this file)
"""The SQL that notes of which centre and day the sums of the reports are due.

Rule: a trigger adds nothing up; it notes (centre, source, day of UTC), once however often the
day changes. What the sums do not look at (a title, say) notes nothing. On SQLite a trigger runs
per row, on PostgreSQL per statement with its transition tables.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, inspect

VISITS, DAYS, EVENTS, BOOKINGS, ATTENDANCE, CENTRES = SOURCES = (
    *("visits", "visit_days", "events", "bookings", "attendance", "centres"),
)


class _Watched(NamedTuple):
    """A table, the columns that sums look at, what its rows make due; `day` is the column that says when."""

    columns: tuple[str, ...]
    source: str
    day: str = ""


_TABLES = {
    "visits": _Watched(("hour_starts_at", "kind", "target_group", "count"), VISITS, "hour_starts_at"),
    "visit_days": _Watched(("day", "state", "complete"), DAYS, "day"),
    "events": _Watched(
        ("starts_at", "state", "kind", "theme", "target_groups", "languages", "cost_cents", "attendance"),
        EVENTS,
        "starts_at",
    ),
    "bookings": _Watched(("starts_at", "ends_at", "state", "kind", "event_id"), BOOKINGS, "starts_at"),
    "attendance": _Watched(("event_id", "registered", "waiting", "attended", "headcount"), ATTENDANCE),
    "centres": _Watched(("district", "quarter"), CENTRES),
}
_OF_EVENT = (
    "SELECT DISTINCT {row}.centre_id, 'attendance', {day} FROM {rows} events e"
    " {join} e.centre_id = {row}.centre_id AND e.id = {row}.event_id"
)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; all tables exist."""
    present = set(inspect(connection).get_table_names())
    if not {*_TABLES, "report_due"} <= present:
        return  # somebody creates a few tables by name
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def statements(dialect: str) -> list[str]:
    """Return the DDL of one database; each statement may be run again."""
    on_table = _on_sqlite if dialect == "sqlite" else _on_postgresql
    return [line for table in _TABLES for line in on_table(table)]


def _on_sqlite(table: str) -> list[str]:
    watched = _TABLES[table]
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in watched.columns)
    moments = {
        "inserted": ("AFTER INSERT", "", ("new",)),
        "updated": (f"AFTER UPDATE OF {', '.join(watched.columns)}", f"WHEN {changed}", ("old", "new")),
        "deleted": ("AFTER DELETE", "", ("old",)),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_sums_{name} {when} ON {table} {condition} BEGIN "
        + " ".join(
            f"INSERT INTO report_due(centre_id, source, day) {_due_on_sqlite(table, row)} ON CONFLICT DO NOTHING;"
            for row in (rows if watched.day or table == "attendance" else rows[-1:])
        )
        + " END"
        for name, (when, condition, rows) in moments.items()
    ]


def _due_on_sqlite(table: str, row: str) -> str:
    if table == "attendance":
        return _OF_EVENT.format(row=row, day="substr(e.starts_at, 1, 10)", rows="", join="WHERE")
    day = f"substr({row}.{_TABLES[table].day}, 1, 10)" if _TABLES[table].day else "''"
    return f"VALUES ({row}.centre_id, '{_TABLES[table].source}', {day})"


def _on_postgresql(table: str) -> list[str]:
    """A day that is due already is updated, not skipped: that locks it until this writer commits.

    Else `catch_up` could take it off the list while it still reads the figures of before.
    """
    watched = _TABLES[table]
    old, new = (f"({', '.join(f'{row}.{column}' for column in watched.columns)})" for row in ("o", "n"))
    joined = f"FROM old_rows o JOIN new_rows n USING (centre_id, id) WHERE {old} IS DISTINCT FROM {new}"
    moments = {
        "inserted": ("INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
        "updated": (
            "UPDATE",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            f"SELECT o.* {joined} UNION ALL SELECT n.* {joined}",
        ),
        "deleted": ("DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
    }
    lines = []
    for name, (when, transition, rows) in moments.items():
        trigger = f"{table}_sums_{name}"
        lines += [
            f"""CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                WITH changed AS ({rows})
                INSERT INTO report_due(centre_id, source, day)
                {_due_on_postgresql(table)} ORDER BY 1, 2, 3
                ON CONFLICT (centre_id, source, day) DO UPDATE SET day = excluded.day;
                RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {trigger} AFTER {when} ON {table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()""",
        ]
    return lines


def _due_on_postgresql(table: str) -> str:
    watched = _TABLES[table]
    if table == "attendance":
        return _OF_EVENT.format(row="c", day=_day_of("e.starts_at"), rows="changed c JOIN", join="ON")
    day = "''"
    if watched.day:
        day = f"c.{watched.day}::text" if table == "visit_days" else _day_of(f"c.{watched.day}")
    return f"SELECT DISTINCT c.centre_id, '{watched.source}', {day} FROM changed c"


def _day_of(instant: str) -> str:
    return f"({instant} AT TIME ZONE 'UTC')::date::text"
