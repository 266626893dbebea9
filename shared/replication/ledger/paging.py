"""The next page of a feed: changes in the order of their revisions, rendered now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from shared.replication.ledger.revisions import Stamp, Standing, needed
from shared.replication.ledger.shelves import Shelf, Shelves
from shared.replication.messages import Change, Operation
from shared.replication.ports import Page

RECORD_CHARACTERS_MAX = 100_000  # deflates to less than the wire's limit of a message, whatever it says
_ENVELOPE_CHARACTERS = 150  # a change beside its payload


def read_page(
    connection: Connection, shelves: Shelves, feed: str, revision: int, limits: tuple[int, int]
) -> tuple[Page, list[Stamp]]:
    """Return the page after `revision`, and stamps for records that are not what their change says.

    `limits` are most records and most characters. If there are stamps, the page is void: write
    them and read again (S2). A page that reaches the head has `upto` 0. The caller holds the
    feed's lock.
    """
    records_max = _guess(shelves, feed, limits)
    listed = _changes_after(connection, shelves, feed, revision, records_max + 1)
    more, listed = len(listed) > records_max, listed[:records_max]
    payloads: dict[tuple[str, str], str] = {}
    stale: list[Stamp] = []
    for collection in dict.fromkeys(row.collection for row in listed if row.operation == Operation.PUT):
        known = [row for row in listed if row.collection == collection and row.operation == Operation.PUT]
        shelf = shelves.own.get(collection)
        found = _rendered(connection, shelves, feed, shelf, known) if shelf else {}
        for row in known:
            payload = found.get(row.record_id)
            version = (
                (shelf.collection.version, shelf.renderer.hash(row.record_id, payload)) if shelf and payload else None
            )
            stamp = needed(collection, row.record_id, Standing(row.operation, row.schema, row.content_hash), version)
            if stamp:
                stale.append(stamp)
            elif payload:
                payloads[collection, row.record_id] = payload
    if listed:
        characters = sum(map(len, payloads.values()))
        shelves.mean_size[feed] = _ENVELOPE_CHARACTERS + characters / len(listed)
    return _cut(listed, payloads, limits[1], more), stale


def _guess(shelves: Shelves, feed: str, limits: tuple[int, int]) -> int:
    """Return how many records to render: a few more than will fit, if they are as large as those before."""
    fitting = limits[1] / shelves.mean_size.get(feed, _ENVELOPE_CHARACTERS)
    return max(1, min(limits[0], int(fitting * 1.1) + 1))


def _changes_after(
    connection: Connection, shelves: Shelves, feed: str, revision: int, records_max: int
) -> Sequence[Any]:
    changes = shelves.source.changes
    query = select(
        changes.c.collection,
        changes.c.record_id,
        changes.c.revision,
        changes.c.operation,
        changes.c.schema,
        changes.c.content_hash,
    )
    after = query.where(changes.c.feed == feed, changes.c.revision > revision)
    return connection.execute(after.order_by(changes.c.revision).limit(records_max)).all()


def _rendered(
    connection: Connection, shelves: Shelves, feed: str, shelf: Shelf, known: Sequence[Any]
) -> dict[str, str]:
    """Return the payloads of the rows that are there and that the feed's receiver may see, by id."""
    changes = shelves.source.changes
    rows = shelf.query(connection.dialect.name).join(changes, changes.c.record_id == shelf.table.c.id)
    here = rows.where(
        changes.c.feed == feed,
        changes.c.collection == shelf.name,
        changes.c.revision.between(known[0].revision, known[-1].revision),
    )
    found = {}
    for row in connection.execute(here):
        payload = shelf.payload_of(row) if shelf.feed_of(row) in (None, feed) else None
        if payload is not None:
            found[row[0]] = payload
    return found


def _cut(listed: Sequence[Any], payloads: dict[tuple[str, str], str], room: int, more: bool) -> Page:
    changes: list[Change] = []
    for row in listed:
        payload, operation = payloads.get((row.collection, row.record_id)), Operation(row.operation)
        if payload is not None and len(payload) > RECORD_CHARACTERS_MAX:
            operation, payload = Operation.STUB, None
        room -= _ENVELOPE_CHARACTERS + len(payload or "")
        if room < 0 and changes:
            return Page(tuple(changes), changes[-1].revision)
        changes.append(
            Change(row.collection, row.record_id, row.revision, operation, row.schema, row.content_hash, payload)
        )
    return Page(tuple(changes), changes[-1].revision if more else 0)
