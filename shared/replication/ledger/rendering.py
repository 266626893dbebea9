"""A record as the text that travels, and the hash over it.

Rendering reads rows, not objects: ten times the speed, and exactly what the database has.
The database gives instants, days and tags as text, so most values pass through untouched.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, Table, func, type_coerce

from shared.columns import split_tags
from shared.records.base import Collection, Day, Instant, RecordColumns, TagList

HASH_BYTES = 16
_DAY, _INSTANT = "YYYY-MM-DD", 'YYYY-MM-DD"T"HH24:MI:SS"Z"'


def content_hash(collection: str, record_id: str, schema: int, payload: str) -> str:
    """Return 32 hex digits over everything that makes a version of a record what it is."""
    text = f"{collection}\n{record_id}\n{schema}\n{payload}"
    return blake2b(text.encode(), digest_size=HASH_BYTES).hexdigest()


class Renderer:
    """Turns rows of one table into canonical JSON: the schema's fields, in its order, compact."""

    def __init__(self, collection: Collection, kind: type[RecordColumns], table: Table) -> None:
        self._collection = collection
        self._table = table
        self._names = collection.field_names
        self._writers = [
            (place, writer) for place, name in enumerate(self._names) if (writer := self._writer(name)) is not None
        ]
        travels: Any = kind.travels
        self._others = [column for column in table.c if column.name not in ("id", *self._names)]
        self._travels = None if travels is RecordColumns.travels else travels.fget

    def columns(self, dialect: str) -> list[ColumnElement[Any]]:
        """Return what to select: each field in its wire form, as far as the database can, and what `travels` asks."""
        wire: list[ColumnElement[Any]] = [self._column(name, dialect).label(name) for name in self._names]
        return wire if self._travels is None else [*wire, *self._others]

    def travels(self, row: Any) -> bool:
        """Tell whether the other side may see `row`; instants and days in it are text."""
        return self._travels is None or bool(self._travels(row))

    def render(self, values: Sequence[Any]) -> str:
        """Return the canonical text of the values of `columns`."""
        if self._travels is not None:
            values = values[: len(self._names)]
        if self._writers:
            values = list(values)
            for place, writer in self._writers:
                values[place] = writer(values[place])
        return orjson.dumps(dict(zip(self._names, values, strict=True))).decode()

    def hash(self, record_id: str, payload: str) -> str:
        return content_hash(self._collection.name, record_id, self._collection.version, payload)

    def _column(self, name: str, dialect: str) -> ColumnElement[Any]:
        column, field = self._table.c[name], self._collection.checker.fields[name]
        if isinstance(field, TagList):
            return type_coerce(column, String)
        if isinstance(field, Instant):
            if dialect == "postgresql":
                return func.to_char(func.timezone("UTC", column), _INSTANT)
            return type_coerce(column, String)
        if isinstance(field, Day):
            return func.to_char(column, _DAY) if dialect == "postgresql" else type_coerce(column, String)
        return column

    def _writer(self, name: str) -> Callable[[Any], Any] | None:
        return _listed if isinstance(self._collection.checker.fields[name], TagList) else None


def _listed(stored: str | None) -> list[str]:
    return list(split_tags(stored or ""))
