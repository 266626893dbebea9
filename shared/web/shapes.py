"""Schemas of the HTTP APIs that show columns of a table.

Rule: what an answer shows is named column by column, so that nothing becomes public because a
column was added.
"""

from collections.abc import Sequence
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_dump
from sqlalchemy import Boolean, Date, Float, Integer
from sqlalchemy.orm import DeclarativeBase, object_session

from shared.columns import Tags, UTCDateTime
from shared.records.base import Day, Instant


class Shape(Schema):
    """A schema that refuses fields it does not know, by their names."""

    class Meta:
        unknown = RAISE


def columns_shape(table: type[DeclarativeBase], name: str, columns: Sequence[str], **more: Any) -> type[Schema]:
    """Return the schema that shows these columns of `table`, and the fields in `more` besides."""
    shown = {column: field_of_column(table.__table__.c[column]) for column in columns}
    return type(name, (Shape,), {**shown, **more, "settle": pre_dump(_settled)})


def _settled(_shape: Schema, shown: Any, **_options: Any) -> Any:
    """Write a record that was just made, for its id and what its columns say by default are made then."""
    session = object_session(shown) if isinstance(shown, DeclarativeBase) else None
    if session is not None and shown in session.new:
        session.flush()
    return shown


def field_of_column(column: Any) -> fields.Field[Any]:
    """Return the field that shows a column: of its type, null where it may be NULL."""
    made = next((field for kind, field in _COLUMN_KINDS if isinstance(column.type, kind)), fields.String)
    shown: fields.Field[Any] = made()
    shown.allow_none = bool(column.nullable)
    return shown


_COLUMN_KINDS: tuple[tuple[type, Any], ...] = (
    (UTCDateTime, Instant),
    (Tags, lambda: fields.List(fields.String())),
    (Date, Day),
    (Boolean, fields.Boolean),
    (Integer, fields.Integer),
    (Float, fields.Float),
)
