# ruff: noqa: S608 (every name in these statements stands in the hub's own code)
"""Triggers that note what has changed, so that a job can reckon anew what follows from it.

Whoever writes, the note is made; so ingest pays for one small row and nothing more, and no code
can forget it. On SQLite a trigger runs per row, on PostgreSQL per statement with its transition
tables: a batch of a thousand bookings is noted at once.

Rule: on PostgreSQL a note that is there already is updated, not skipped. That locks it until this
writer commits; else a job could take it off its list while it still reads what was there before.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, inspect


class Watched(NamedTuple):
    """A table, and the columns whose change is worth a note: () is every column.

    With `both`, a change notes what the row said before as well as what it says now.
    """

    table: str
    columns: tuple[str, ...] = ()
    both: bool = True
    key: tuple[str, ...] = ("centre_id", "id")


class Note(NamedTuple):
    """What a changed row puts where: `values` are the SQL of `columns`, and call the row `{row}`.

    Where the databases say it in different words, `values` has a text for each. `joined` is a table
    (and its short name) that values come from, `on` how. `again` says what becomes of a note that is
    there already, "" leaves it as it is. With `per_house` each house is noted once, however many of
    its rows have changed.
    """

    table: str
    columns: tuple[str, ...]
    values: str | Mapping[str, str]
    where: str = "true"
    joined: str = ""
    on: str = ""
    again: str = ""
    key: tuple[str, ...] = ()
    per_house: bool = False

    def said(self, dialect: str, row: str) -> str:
        values = self.values if isinstance(self.values, str) else self.values[dialect]
        return values.format(row=row)

    @property
    def needed(self) -> set[str]:
        return {self.table, *self.joined.split()[:1]}


Notes = Iterable[tuple[Watched, Sequence[Note]]]


def build(connection: Connection, name: str, notes: Notes) -> None:
    """Create the triggers called `name` where they are missing; where a table is not there, none are needed."""
    present = set(inspect(connection).get_table_names())
    dialect = connection.dialect.name
    for watched, noted in notes:
        if {watched.table}.union(*(note.needed for note in noted)) <= present:
            for statement in statements(dialect, name, watched, noted):
                connection.exec_driver_sql(statement)


def statements(dialect: str, name: str, watched: Watched, notes: Sequence[Note]) -> list[str]:
    """Return the DDL for one database; each statement may be run again."""
    return (_on_sqlite if dialect == "sqlite" else _on_postgresql)(f"{watched.table}_{name}", watched, notes)


def _on_sqlite(name: str, watched: Watched, notes: Sequence[Note]) -> list[str]:
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in watched.columns)
    of, when = (f" OF {', '.join(watched.columns)}", f" WHEN {changed}") if watched.columns else ("", "")
    moments = {
        "inserted": ("INSERT", "", ("new",)),
        "updated": (f"UPDATE{of}", when, ("old", "new") if watched.both else ("new",)),
        "deleted": ("DELETE", "", ("old",)),
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{moment} AFTER {what} ON {watched.table}{condition} BEGIN "
        + " ".join(_put_on_sqlite(note, row) for row in rows for note in notes)
        + " END"
        for moment, (what, condition, rows) in moments.items()
    ]


def _put_on_sqlite(note: Note, row: str) -> str:
    source = f"FROM {note.joined} WHERE {note.on.format(row=row)} AND" if note.joined else "WHERE"
    again = f"({', '.join(note.key)}) DO UPDATE SET {note.again}" if note.again else "DO NOTHING"
    return (
        f"INSERT INTO {note.table}({', '.join(note.columns)}) "
        f"SELECT {note.said('sqlite', row)} {source} {note.where.format(row=row)} ON CONFLICT {again};"
    )


def _on_postgresql(name: str, watched: Watched, notes: Sequence[Note]) -> list[str]:
    old, new = (f"ROW({', '.join(f'{row}.{c}' for c in watched.columns) or f'{row}.*'})" for row in ("o", "n"))
    same = f"FROM old_rows o JOIN new_rows n USING ({', '.join(watched.key)}) WHERE {old} IS DISTINCT FROM {new}"
    before = f"SELECT o.* {same} UNION ALL " if watched.both else ""
    moments = {
        "inserted": ("INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"),
        "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", f"{before}SELECT n.* {same}"),
        "deleted": ("DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"),
    }
    lines = []
    for moment, (what, transition, rows) in moments.items():
        puts = " ".join(_put_on_postgresql(note, rows) for note in notes)
        lines += [
            f"""CREATE OR REPLACE FUNCTION {name}_{moment}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN {puts} RETURN NULL; END $$""",
            f"""CREATE OR REPLACE TRIGGER {name}_{moment} AFTER {what} ON {watched.table} REFERENCING {transition}
                FOR EACH STATEMENT EXECUTE FUNCTION {name}_{moment}()""",
        ]
    return lines


def _put_on_postgresql(note: Note, rows: str) -> str:
    """Sorted, so that two writers lock the same notes in the same order."""
    source = "(SELECT DISTINCT centre_id FROM changed) r" if note.per_house else "changed r"
    if note.joined:
        source += f" JOIN {note.joined} ON {note.on.format(row='r')}"
    key = note.key or note.columns
    order = ", ".join(str(number + 1) for number in range(len(note.columns)))
    again = note.again or f"{key[0]} = excluded.{key[0]}"
    return (
        f"WITH changed AS ({rows}) INSERT INTO {note.table}({', '.join(note.columns)}) "
        f"SELECT DISTINCT {note.said('postgresql', 'r')} FROM {source} WHERE {note.where.format(row='r')} "
        f"ORDER BY {order} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {again};"
    )
