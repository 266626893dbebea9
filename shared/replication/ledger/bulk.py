"""Many rows at once, in the form each database takes fastest.

SQLite runs one prepared statement over tuples; PostgreSQL takes the whole set as one JSON
text. Keys to look up travel as one JSON text (SQLite) or one array (PostgreSQL). ORM merges and
long VALUES lists cost ten times as much.

Values are in the form in which both databases take them: numbers, booleans and text;
instants and days as text.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Dialect, String, Table

Values = Sequence[Any]


def upsert(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Values]) -> None:
    """Insert `rows` (values in the order of `names`); a row with the same primary key is replaced.

    No key may stand in `rows` twice.
    """
    if not rows:
        return
    text = _upsert_text(table, names, connection.dialect)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(text, (_as_json(names, rows),))
    else:
        connection.exec_driver_sql(text, [tuple(row) for row in rows])


def update(connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Values]) -> None:
    """Set the other columns in `names` of the rows whose primary key columns are given."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        text = _update_text(table, names, connection.dialect)
        connection.exec_driver_sql(text, (_as_json(names, rows),))
        return
    keys = [names.index(column.name) for column in table.primary_key]
    rest = [place for place in range(len(names)) if place not in keys]
    ordered = [tuple(row[place] for place in (*rest, *keys)) for row in rows]
    connection.exec_driver_sql(_update_text(table, names, connection.dialect), ordered)


def remove(connection: Connection, table: Table, names: tuple[str, ...], keys: Sequence[Values]) -> None:
    """Delete the rows whose columns `names` have one of the value tuples `keys`."""
    if not keys:
        return
    text = _remove_text(table, names, connection.dialect)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(text, (_as_json(names, keys),))
    else:
        connection.exec_driver_sql(text, [tuple(key) for key in keys])


def pick(
    connection: Connection, table: Table, names: tuple[str, ...], among: Mapping[str, Iterable[str]]
) -> list[tuple[Any, ...]]:
    """Return the columns `names` of the rows that have, in each column of `among`, one of its values."""
    text = _pick_text(table, names, tuple(among), connection.dialect)
    lists = [list(values) for values in among.values()]
    if not all(lists):
        return []
    is_postgresql = connection.dialect.name == "postgresql"
    wanted = tuple(each if is_postgresql else orjson.dumps(each).decode() for each in lists)
    found: list[tuple[Any, ...]] = connection.exec_driver_sql(text, wanted).fetchall()  # type: ignore[assignment]
    return found


def find(
    connection: Connection, table: Table, names: tuple[str, ...], key: Mapping[str, Any], *, lock: bool = False
) -> tuple[Any, ...] | None:
    """Return the columns `names` of the one row with this key; with `lock` nobody else changes it until the commit.

    For what is asked with every letter: a statement that SQLAlchemy builds each time costs five times as much.
    """
    text = _find_text(table, names, tuple(key), lock, connection.dialect)
    found: tuple[Any, ...] | None = connection.exec_driver_sql(text, tuple(key.values())).fetchone()
    return found


def _as_json(names: tuple[str, ...], rows: Sequence[Values]) -> str:
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()


@lru_cache(maxsize=256)
def _upsert_text(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    keys = [column.name for column in table.primary_key]
    settings = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name not in keys)
    conflict = f"ON CONFLICT ({', '.join(map(quote, keys))}) DO " + (
        f"UPDATE SET {settings}" if settings else "NOTHING"
    )
    into = f"INSERT INTO {quote(table.name)} ({columns})"
    if dialect.name == "postgresql":
        return f"{into} SELECT {columns} FROM {_recordset(table, names, dialect)} {conflict}"  # noqa: S608 (our own)
    return f"{into} VALUES ({', '.join('?' * len(names))}) {conflict}"


@lru_cache(maxsize=256)
def _update_text(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key]
    others = [name for name in names if name not in keys]
    target = quote(table.name)
    if dialect.name == "postgresql":
        settings = ", ".join(f"{quote(name)} = x.{quote(name)}" for name in others)
        same = " AND ".join(f"{target}.{quote(key)} = x.{quote(key)}" for key in keys)
        source = _recordset(table, names, dialect)
        return f"UPDATE {target} SET {settings} FROM {source} WHERE {same}"  # noqa: S608 (names of our own tables)
    settings = ", ".join(f"{quote(name)} = ?" for name in others)
    same = " AND ".join(f"{quote(key)} = ?" for key in keys)
    return f"UPDATE {target} SET {settings} WHERE {same}"  # noqa: S608 (names of our own tables)


@lru_cache(maxsize=256)
def _remove_text(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    target = quote(table.name)
    if dialect.name == "postgresql":
        same = " AND ".join(f"{target}.{quote(name)} = x.{quote(name)}" for name in names)
        return f"DELETE FROM {target} USING {_recordset(table, names, dialect)} WHERE {same}"  # noqa: S608 (our own)
    same = " AND ".join(f"{quote(name)} = ?" for name in names)
    return f"DELETE FROM {target} WHERE {same}"  # noqa: S608 (names of our own tables)


@lru_cache(maxsize=256)
def _pick_text(table: Table, names: tuple[str, ...], among: tuple[str, ...], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    one_of = "= ANY(%s)" if dialect.name == "postgresql" else "IN (SELECT value FROM json_each(?))"
    conditions = " AND ".join(f"{quote(name)} {one_of}" for name in among)
    return f"SELECT {', '.join(map(quote, names))} FROM {quote(table.name)} WHERE {conditions}"  # noqa: S608 (our own)


@lru_cache(maxsize=256)
def _find_text(table: Table, names: tuple[str, ...], key: tuple[str, ...], lock: bool, dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    is_postgresql = dialect.name == "postgresql"
    same = " AND ".join(f"{quote(name)} = {'%s' if is_postgresql else '?'}" for name in key)
    locked = " FOR UPDATE" if lock and is_postgresql else ""
    return f"SELECT {', '.join(map(quote, names))} FROM {quote(table.name)} WHERE {same}{locked}"  # noqa: S608 (our own)


def _recordset(table: Table, names: tuple[str, ...], dialect: Dialect) -> str:
    """PostgreSQL reads the set `x` out of one JSON text; a text too long is refused on insert, not cut."""
    quote = dialect.identifier_preparer.quote
    types = (
        "text" if _is_text(table, name) else table.c[name].type.dialect_impl(dialect).compile(dialect) for name in names
    )
    columns = ", ".join(f"{quote(name)} {kind}" for name, kind in zip(names, types, strict=True))
    return f"json_to_recordset(%s::json) AS x({columns})"


def _is_text(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, String)
