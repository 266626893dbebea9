"""Column types that both databases store alike, and that refuse what is ambiguous."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect

from shared.ids import RECORD_ID_LENGTH
from shared.time import from_wire, to_wire

RecordId = String(RECORD_ID_LENGTH)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware, in UTC, whole seconds. Naive values are refused.

    SQLite has no instants, so it stores `2026-11-23T09:00:00Z`, which sorts and compares
    as text; PostgreSQL stores `timestamptz`.
    """

    impl = String(20)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(20))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is not an instant: give it a time zone")
        return value if dialect.name == "postgresql" else to_wire(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else from_wire(value)


class Tags(TypeDecorator[tuple[str, ...]]):
    """A short list of keys, stored as `|a|b|`, so that `LIKE '%|a|%'` finds one on both databases.

    Python side: a tuple of strings, in the order given; the empty list is stored as ''.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str:
        return join_tags(value or ())

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...]:
        return split_tags(value or "")


def join_tags(keys: Iterable[str]) -> str:
    """Return the stored form of `keys`; a key with a bar in it is a ValueError."""
    listed = list(keys)
    if any("|" in key or not key for key in listed):
        raise ValueError("a tag is not empty and has no '|' in it")
    return f"|{'|'.join(listed)}|" if listed else ""


def split_tags(stored: str) -> tuple[str, ...]:
    """Return the keys of the stored form `|a|b|`."""
    return tuple(stored[1:-1].split("|")) if stored else ()
