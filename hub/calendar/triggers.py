# ruff: noqa: S608 (every name in these statements stands in this file)
"""The SQL that keeps the list of events whose words and twins are due, and the full-text index itself.

Rule: nothing here looks at text; a trigger only notes which event changed. On SQLite a
trigger runs per row, on PostgreSQL per statement with its transition tables.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, inspect

_WORDS_OF_EVENT = ("title", "summary", "description", "organiser", "partners", "place", "theme", "starts_at")
_TWINS_OF_EVENT = ("ends_at", "attendance", "online_url", "space_id")
_COLUMNS = {
    "events": _WORDS_OF_EVENT + _TWINS_OF_EVENT,
    "event_texts": ("event_id", "title", "summary", "description"),
    "centres": ("name", "quarter", "district", "street"),
    "themes": ("key", "label_de", "label_en"),
}

# Which events a row of each table gives words to. {row} is the changed row or its table.
_DUE = {
    "events": "SELECT {row}.id, {row}.centre_id {source}",
    "event_texts": "SELECT {row}.event_id AS id, {row}.centre_id {source}",
    "centres": "SELECT e.id, e.centre_id FROM events e {join} e.centre_id = {row}.centre_id",
    "themes": "SELECT e.id, e.centre_id FROM events e {join} e.theme = {row}.key",
}
_MAY_MOVE = ("event_texts", "themes")  # after a change, what gives words to one event gave words to another before


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the full-text index and the triggers where they are missing; all tables exist."""
    present = set(inspect(connection).get_table_names())
    if not {*_COLUMNS, "event_words", "event_words_due"} <= present:
        return  # somebody creates a few tables by name
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def drop(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Drop what would stand in the way of dropping the tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS event_words_fts")


def statements(dialect: str) -> list[str]:
    """Return the DDL of one database; each statement may be run again."""
    if dialect == "sqlite":
        return [*_SQLITE_INDEX, *(line for table in _COLUMNS for line in _on_sqlite(table))]
    return [*_POSTGRESQL_INDEX, *(line for table in _COLUMNS for line in _on_postgresql(table))]


_SQLITE_INDEX = (
    # The words are folded and parted already; without positions the index is a third smaller.
    """CREATE VIRTUAL TABLE IF NOT EXISTS event_words_fts USING fts5(
        words, content='event_words', content_rowid='number', detail=none, columnsize=0,
        tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER IF NOT EXISTS event_words_added AFTER INSERT ON event_words BEGIN
        INSERT INTO event_words_fts(rowid, words) VALUES (new.number, new.words);
    END""",
    """CREATE TRIGGER IF NOT EXISTS event_words_removed AFTER DELETE ON event_words BEGIN
        INSERT INTO event_words_fts(event_words_fts, rowid, words) VALUES ('delete', old.number, old.words);
    END""",
    """CREATE TRIGGER IF NOT EXISTS event_words_changed AFTER UPDATE OF words ON event_words BEGIN
        INSERT INTO event_words_fts(event_words_fts, rowid, words) VALUES ('delete', old.number, old.words);
        INSERT INTO event_words_fts(rowid, words) VALUES (new.number, new.words);
    END""",
)
_POSTGRESQL_INDEX = (
    """CREATE INDEX IF NOT EXISTS ix_event_words_stems_fts ON event_words
        USING gin ((to_tsvector('simple', words) || to_tsvector('german', words)))""",
)


def _on_sqlite(table: str) -> Sequence[str]:
    columns = _COLUMNS[table]
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    moments = {
        "inserted": ("AFTER INSERT", "", ("new",)),
        "updated": (f"AFTER UPDATE OF {', '.join(columns)}", f"WHEN {changed}", ("old", "new")),
        "deleted": ("AFTER DELETE", "", ("old",)),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_words_{name} {when} ON {table} {condition} BEGIN "
        + " ".join(
            "INSERT INTO event_words_due(event_id, centre_id) "
            + _DUE[table].format(row=row, join="WHERE", source="WHERE true")
            + " ON CONFLICT DO NOTHING;"
            for row in (rows[-1:] if table == "events" else rows)
        )
        + " END"
        for name, (when, condition, rows) in moments.items()
    ]


def _on_postgresql(table: str) -> Sequence[str]:
    """A row that is due already is updated, not skipped: that locks it until this writer commits.

    Else `catch_up` could take it off the list while it still reads the event's old words.
    """
    columns = _COLUMNS[table]
    key = "centre_id, id" if table != "themes" else "id"
    old, new = (f"({', '.join(f'{row}.{column}' for column in columns)})" for row in ("o", "n"))
    both = f"SELECT n.* FROM old_rows o JOIN new_rows n USING ({key}) WHERE {old} IS DISTINCT FROM {new}"
    if table in _MAY_MOVE:
        both += " UNION ALL " + both.replace("SELECT n.*", "SELECT o.*")
    moments = {
        "inserted": ("INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
        "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", both),
        "deleted": ("DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
    }
    lines = []
    for name, (when, transition, rows) in moments.items():
        due = _DUE[table].format(row="r", join="JOIN changed r ON", source="FROM changed r")
        trigger = f"{table}_words_{name}"
        lines += [
            f"""CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                WITH changed AS ({rows})
                INSERT INTO event_words_due(event_id, centre_id)
                SELECT DISTINCT due.id, due.centre_id FROM ({due}) due ORDER BY 1, 2
                ON CONFLICT (event_id, centre_id) DO UPDATE SET event_id = excluded.event_id;
                RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {trigger} AFTER {when} ON {table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()""",
        ]
    return lines
