"""Triggers note every change that matters, whoever writes, and nothing else; alike on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.core.watching import Note, Watched, build
from shared.database import Database

TABLES = (
    (
        "CREATE TABLE rooms (centre_id varchar(9), id varchar(9), seats integer, colour varchar(9), "
        "PRIMARY KEY (centre_id, id))"
    ),
    "CREATE TABLE keys (centre_id varchar(9), room_id varchar(9), name varchar(9))",
    "CREATE TABLE rooms_due (centre_id varchar(9), seats varchar(9), PRIMARY KEY (centre_id, seats))",
    "CREATE TABLE changes (centre_id varchar(9) PRIMARY KEY, number integer)",
    "CREATE TABLE keys_due (name varchar(9) PRIMARY KEY)",
)
NOTES = (
    (
        Watched("rooms", ("seats",)),
        [
            Note("rooms_due", ("centre_id", "seats"), "{row}.centre_id, CAST({row}.seats AS varchar(9))"),
            Note("keys_due", ("name",), "k.name", joined="keys k", on="k.room_id = {row}.id", where="{row}.seats > 1"),
        ],
    ),
)
COUNTED = Note(
    "changes",
    ("centre_id", "number"),
    "{row}.centre_id, 1",
    key=("centre_id",),
    again="number = changes.number + 1",
    per_house=True,
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with a table of rooms, whose seats and houses are watched."""
    sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{tmp_path / 'watched.sqlite'}" if sqlite else request.getfixturevalue("postgres_url"))
    with made.engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(table))
        connection.execute(text("INSERT INTO keys VALUES ('a', '1', 'front'), ('a', '2', 'cellar')"))
        build(connection, "seats", NOTES)
        build(connection, "counted", [(Watched("rooms", both=False), [COUNTED])])
        build(connection, "counted", [(Watched("rooms", both=False), [COUNTED])])  # as each start of the program does
        rooms = "('a', '1', 1, 'red'), ('a', '2', 9, 'red'), ('b', '3', 5, '')"
        connection.execute(text(f"INSERT INTO rooms VALUES {rooms}"))
    yield made
    made.dispose()


def write(database: Database, statement: str) -> None:
    """Forget what was noted so far, and write."""
    with database.engine.begin() as connection:
        for table in ("rooms_due", "keys_due"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(statement))


def noted(database: Database, table: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}")))


def test_new_rows_are_noted_once_each(database: Database) -> None:
    """Several rows of one statement are several notes, those of the joined table only where the condition holds."""
    assert noted(database, "rooms_due") == [("a", "1"), ("a", "9"), ("b", "5")]
    assert noted(database, "keys_due") == [("cellar",)]


def test_a_change_notes_what_was_and_what_is(database: Database) -> None:
    """A sum loses here and gains there: both are due."""
    write(database, "UPDATE rooms SET seats = 7 WHERE id = '2'")
    assert noted(database, "rooms_due") == [("a", "7"), ("a", "9")]


def test_what_nobody_watches_notes_nothing(database: Database) -> None:
    """Another colour, or the same number again, costs no job anything."""
    write(database, "UPDATE rooms SET colour = 'blue', seats = seats")
    assert noted(database, "rooms_due") == []


def test_what_is_deleted_is_noted(database: Database) -> None:
    """The row is gone, the note says of which it was."""
    write(database, "DELETE FROM rooms WHERE centre_id = 'b'")
    assert noted(database, "rooms_due") == [("b", "5")]


def test_a_note_that_stands_already_is_no_error(database: Database) -> None:
    """Two changes before the job comes are one note."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE rooms SET seats = 9 WHERE id = '1'"))
        connection.execute(text("UPDATE rooms SET seats = 1 WHERE id = '1'"))
    assert noted(database, "rooms_due") == [("a", "1"), ("a", "9"), ("b", "5")]


def test_a_number_rises_with_every_change_of_a_house(database: Database) -> None:
    """Whoever remembers the number sees that something is new."""
    before = dict(noted(database, "changes"))  # type: ignore[arg-type]
    write(database, "UPDATE rooms SET colour = 'blue' WHERE centre_id = 'a' AND id = '1'")
    after = dict(noted(database, "changes"))  # type: ignore[arg-type]
    assert after["a"] == before["a"] + 1
    assert after["b"] == before["b"]


def test_a_change_that_is_taken_back_leaves_no_note(database: Database) -> None:
    """The note belongs to the transaction of the change."""
    with database.engine.connect() as connection:
        connection.execute(text("UPDATE rooms SET seats = 3"))
        connection.rollback()
    assert ("a", "3") not in noted(database, "rooms_due")


def test_tables_that_are_not_there_need_no_triggers(tmp_path: Path) -> None:
    """Somebody creates a few tables by name, as tests and tools do."""
    made = Database(f"sqlite:///{tmp_path / 'few.sqlite'}")
    with made.engine.begin() as connection:
        connection.execute(text(TABLES[0]))
        build(connection, "seats", NOTES)
        connection.execute(text("INSERT INTO rooms VALUES ('a', '1', 1, 'red')"))
    made.dispose()
