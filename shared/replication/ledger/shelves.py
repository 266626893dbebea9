"""Where a side keeps its collections: the mapped class and table of each, found by its mixin.

The classes belong to features that may be imported after the ledger was made, so they are
looked up when they are needed, again if the side has grown.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Select, Table, null, select
from sqlalchemy.orm import DeclarativeBase

from shared.records.base import Collection, RecordColumns, Side
from shared.replication.ledger.checking import Checker
from shared.replication.ledger.rendering import Renderer
from shared.replication.ledger.tables import replica_tables, source_tables


class Status(StrEnum):
    """What became of a record at the receiver."""

    OK = "ok"
    QUARANTINED = "quarantined"  # what came is wrong
    DEFERRED = "deferred"  # what came is newer than this program
    STUB = "stub"  # too large to travel
    ERASED = "erased"  # for good
    DELETED = "deleted"  # a tombstone: after a fork a lost deletion is a candidate too


@dataclass(frozen=True)
class Shelf:
    """One collection and the class that holds its records on this side."""

    collection: Collection
    kind: type[RecordColumns]
    table: Table

    @property
    def name(self) -> str:
        return self.collection.name

    @cached_property
    def of_centre(self) -> bool:
        """Whether the centre is part of the key: so it is where the hub keeps records of centres."""
        return "centre_id" in self.table.primary_key.columns

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(self.collection, self.kind, self.table)

    def query(self, dialect: str) -> Select[Any]:
        """Return the query for (id, audience, *renderer.columns) of the records here."""
        audience = self.table.c[self.collection.audience] if self.collection.audience else null()
        return select(self.table.c.id, audience.label("audience__"), *self.renderer.columns(dialect))

    def payload_of(self, row: Any) -> str | None:
        """Return the canonical text of a row of `query`, None if the other side may not see it."""
        return self.renderer.render(row[2:]) if self.renderer.travels(row) else None

    def feed_of(self, row: Any) -> str | None:
        """Return the one feed that a row of `query` is for, None if it is for all."""
        return f"{self.collection.owner.value}/{row[1]}" if row[1] else None

    def version_of(self, row: Any) -> tuple[int, str] | None:
        """Return (schema, content hash) of a row of `query`, None if the other side may not see it."""
        payload = self.payload_of(row)
        return None if payload is None else (self.collection.version, self.renderer.hash(row[0], payload))

    @cached_property
    def checker(self) -> Checker:
        return Checker(self.collection)


class Shelves:
    """All shelves of a side, and the ledger's own tables beside them."""

    def __init__(self, base: type[DeclarativeBase], side: Side, collections: tuple[Collection, ...]) -> None:
        self._base = base
        self.side = side
        self.collections = {collection.name: collection for collection in collections}
        self.source = source_tables(base.metadata)
        self.replica = replica_tables(base.metadata)
        self.mean_size: dict[str, float] = {}  # of a feed's changes in the last page: a guess for the next, no more
        self._all: dict[str, Shelf] = {}
        self._tables_seen = 0

    @property
    def all(self) -> dict[str, Shelf]:
        """Every collection this side has a table for, in the order in which they are applied."""
        tables = len(self._base.metadata.tables)  # each class brings one; its mappers are dear to count
        if tables != self._tables_seen:
            self._tables_seen = tables
            self._all = self._found({mapper.class_ for mapper in self._base.registry.mappers})
        return self._all

    @property
    def own(self) -> dict[str, Shelf]:
        """The collections that this side writes."""
        return {name: shelf for name, shelf in self.all.items() if shelf.collection.owner is self.side}

    def may_write(self, feed: str, collection: str) -> bool:
        """Tell whether the owner of `feed` may write `collection`; yes for one never heard of."""
        known = self.collections.get(collection)
        return known is None or feed.startswith(f"{known.owner.value}/")

    def _found(self, classes: set[type]) -> dict[str, Shelf]:
        kinds = {kind.__collection__: kind for kind in classes if issubclass(kind, RecordColumns)}
        return {
            name: Shelf(collection, kinds[name], self._base.metadata.tables[kinds[name].__collection__])
            for name, collection in self.collections.items()
            if name in kinds
        }
