"""Revisions and marks: how a version of a record gets its place in a feed.

Rule: whoever draws a revision holds the feed's counter row until the commit, and locks
several feeds in the order of their names. So revisions are committed in their order, nobody
waits in a circle, and what was read after the lock stays true until the commit.
"""

import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from shared.replication.ledger import bulk
from shared.replication.ledger.tables import SourceTables
from shared.replication.messages import Operation

_STAMP_COLUMNS = ("feed", "collection", "record_id", "revision", "operation", "schema", "content_hash")


class Stamp(NamedTuple):
    """What a record is now, as far as a feed is concerned."""

    collection: str
    record_id: str
    operation: Operation
    schema: int
    content_hash: str


class Standing(NamedTuple):
    """What `changes` has of a record: what its receiver has, or will get."""

    operation: str
    schema: int
    content_hash: str


def needed(collection: str, record_id: str, standing: Standing | None, live: tuple[int, str] | None) -> Stamp | None:
    """Return the stamp that brings `standing` to `live` (schema, content hash), None if it is right already.

    An erased record stays erased, whatever comes back; one that never travelled is not deleted.
    """
    operation = standing.operation if standing else None
    if operation == Operation.ERASE:
        return None
    if live is None:
        return Stamp(collection, record_id, Operation.DELETE, 0, "") if operation == Operation.PUT else None
    if standing and operation == Operation.PUT and (standing.schema, standing.content_hash) == live:
        return None
    return Stamp(collection, record_id, Operation.PUT, *live)


def lock_feeds(connection: Connection, tables: SourceTables, names: Iterable[str] | None = None) -> dict[str, int]:
    """Lock the open feeds in `names` (None: all) until the end of the transaction; return their heads."""
    feeds = tables.feeds
    query = select(feeds.c.name, feeds.c.head).order_by(feeds.c.name).with_for_update()
    if names is not None:
        query = query.where(feeds.c.name.in_(sorted(names)))
    return {row.name: row.head for row in connection.execute(query)}


def write_stamps(
    connection: Connection, tables: SourceTables, heads: Mapping[str, int], stamps: Mapping[str, Sequence[Stamp]]
) -> None:
    """Give each stamp the next revision of its feed and a mark. `heads` are of feeds locked before."""
    total = sum(map(len, stamps.values()))
    salts = iter(new_salts(total))
    changes, marks, moved = [], [], []
    for feed, listed in stamps.items():
        head = heads[feed]
        for revision, stamp in enumerate(listed, head + 1):
            changes.append((feed, stamp.collection, stamp.record_id, revision, *stamp[2:]))
            marks.append((feed, revision, next(salts)))
        moved.append((feed, head + len(listed)))
    bulk.update(connection, tables.feeds, ("name", "head"), moved)
    bulk.upsert(connection, tables.changes, _STAMP_COLUMNS, changes)
    bulk.upsert(connection, tables.marks, ("feed", "revision", "salt"), marks)


def new_salts(number: int) -> list[int]:
    """Return random marks: 63 bits, never 0, which is the mark of the beginning."""
    return [(salt >> 1) or 1 for salt in struct.unpack(f"{number}Q", os.urandom(8 * number))]
