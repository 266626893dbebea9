"""Who was erased by hand stays erased, whatever comes back: the ids of what was forgotten, and forgetting it again.

A backup holds what was there when it was made. So what somebody erased is listed by kind and id, in a table,
in a file beside the database, in each folder with backups and at the hub (`node.backup`). After a restore
everything on the lists is forgotten again before anybody sees a page.

What the hub offers after a restore cannot bring words back: nothing personal travels to it (a test holds that).

Rule: the list says which records, never who.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import String, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from node.core.db import Base
from node.core.privacy import PersonalData, Registry
from shared.columns import UTCDateTime
from shared.errors import Refusal

KIND_LENGTH_MAX = 40
RECORD_LENGTH_MAX = 200  # an answer to a device is named by the device and its key
_EXTENSION = "stadtherz.erasures"
_LOG = logging.getLogger(__name__)


class ErasedRecord(Base):
    """A record that was erased at the wish of its person; `told_at` is when the hub had it on its list."""

    __tablename__ = "erased_records"
    __audited__ = False  # the erasure itself is in the log

    kind: Mapped[str] = mapped_column(String(KIND_LENGTH_MAX), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(RECORD_LENGTH_MAX), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    @property
    def entry(self) -> "Entry":
        return Entry(self.kind, self.record_id, self.erased_at)


class Entry(NamedTuple):
    """A line of the list."""

    kind: str
    record_id: str
    erased_at: datetime


class Forgotten(NamedTuple):
    """What forgetting again did: how many entries, and which were still open in the backup (a key was out)."""

    number: int
    still_open: list[Entry]


def spread_by(app: Flask, spread: Callable[[], None]) -> None:
    """Let `spread` bring the list outside the database, whenever somebody was erased."""
    app.extensions[_EXTENSION] = spread


def spread(app: Flask) -> None:
    """Bring the list outside the database now; call it after the transaction of an erasure."""
    app.extensions[_EXTENSION]()


def note(session: Session, kind: str, record_id: str, now: datetime) -> None:
    """Put a record on the list; for it to be there again changes nothing."""
    merge(session, [Entry(kind, record_id, now)])


def entries(session: Session) -> list[Entry]:
    """Return the whole list."""
    return [row.entry for row in session.scalars(select(ErasedRecord).order_by(*ErasedRecord.__table__.primary_key))]


def untold(session: Session, limit: int) -> list[ErasedRecord]:
    """Return entries that the hub has not heard of yet."""
    return list(session.scalars(select(ErasedRecord).where(ErasedRecord.told_at.is_(None)).limit(limit)))


def merge(session: Session, wanted: Iterable[Entry]) -> list[Entry]:
    """Put entries on the list; return those that were not on it."""
    new = []
    for entry in wanted:
        if session.get(ErasedRecord, (entry.kind, entry.record_id)) is None:
            session.add(ErasedRecord(kind=entry.kind, record_id=entry.record_id, erased_at=entry.erased_at))
            session.flush()
            new.append(entry)
    return new


def forget_again(session: Session, registry: Registry, wanted: Sequence[Entry], now: datetime) -> Forgotten:
    """Erase everything on a list that came back with a backup.

    What cannot be erased in the usual way, because it is still to come or a key is still out in the
    backup, loses its personal columns all the same.
    """
    still_open = [entry for entry in wanted if not _forget(session, registry, entry, now)]
    session.flush()
    return Forgotten(len(wanted), still_open)


def _forget(session: Session, registry: Registry, entry: Entry, now: datetime) -> bool:
    kind = registry.kinds.get(entry.kind)
    if kind is None:
        _LOG.warning("erasures: nobody declares personal data of the kind %s any more", entry.kind)
        return True
    kind.settle(session, entry.record_id, now)
    savepoint = session.begin_nested()
    try:
        kind.erase(session, entry.record_id, now)
        savepoint.commit()
    except Refusal:
        savepoint.rollback()
        _blank(session, kind, entry.record_id)
        return False
    return True


def _blank(session: Session, kind: PersonalData, record_id: str) -> None:
    """Empty the personal columns of every declared row that is the record or points at it."""
    for table, names in kind.columns.items():
        for row in _rows_about(session, table, record_id):
            for name in names:
                setattr(row, name, _nothing(table, name, record_id))


def _rows_about(session: Session, table: type[Any], record_id: str) -> Iterator[Any]:
    columns = [column for column in inspect(table).columns if column.key == "id" or column.key.endswith("_id")]
    for column in columns:  # ids are unique over all tables, so a match is about this record
        if isinstance(column.type, String):
            yield from session.scalars(select(table).where(column == record_id))


def _nothing(table: type[Any], name: str, record_id: str) -> Any:
    column = inspect(table).columns[name]
    if column.nullable:
        return None
    if column.unique or any(name in constraint.columns for constraint in _unique_constraints(table)):
        return f"– {record_id[-6:]}"
    return b"" if not isinstance(column.type, String) else ""


def _unique_constraints(table: type[Any]) -> list[Any]:
    found = inspect(table).local_table
    return [index for index in getattr(found, "indexes", ()) if index.unique] + [
        constraint
        for constraint in getattr(found, "constraints", ())
        if type(constraint).__name__ == "UniqueConstraint"
    ]
