"""The SQL that keeps the list of events whose words and twins are due, and the full-text index itself.

Rule: nothing here looks at text; a trigger only notes which event changed.
"""

from typing import Any

from sqlalchemy import Connection, inspect

from hub.core.watching import Note, Watched, build

_WORDS_OF_EVENT = ("title", "summary", "description", "organiser", "partners", "place", "theme", "starts_at")
_TWINS_OF_EVENT = ("ends_at", "attendance", "online_url", "space_id")
_DUE = ("event_id", "centre_id")
_OF_CENTRE = Note("event_words_due", _DUE, "e.id, e.centre_id", joined="events e", on="e.centre_id = {row}.centre_id")
_OF_THEME = Note("event_words_due", _DUE, "e.id, e.centre_id", joined="events e", on="e.theme = {row}.key")
NOTES = (
    (
        Watched("events", _WORDS_OF_EVENT + _TWINS_OF_EVENT, both=False),
        [Note("event_words_due", _DUE, "{row}.id, {row}.centre_id")],
    ),
    (
        Watched("event_texts", ("event_id", "title", "summary", "description")),
        [Note("event_words_due", _DUE, "{row}.event_id, {row}.centre_id")],
    ),
    (Watched("centres", ("name", "quarter", "district", "street"), both=False), [_OF_CENTRE]),
    (Watched("themes", ("key", "label_de", "label_en"), key=("id",)), [_OF_THEME]),
)


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the full-text index and the triggers where they are missing; all tables exist."""
    if "event_words" not in inspect(connection).get_table_names():
        return  # somebody creates a few tables by name
    for statement in _SQLITE_INDEX if connection.dialect.name == "sqlite" else _POSTGRESQL_INDEX:
        connection.exec_driver_sql(statement)
    build(connection, "words", NOTES)


def drop(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Drop what would stand in the way of dropping the tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS event_words_fts")


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
