"""Every write of an own record gets its revision in the transaction that wrote it.

The sessions of a watched database gather the replicated objects of each flush; before the
commit the rows are read back, rendered and compared with what their feeds have.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.dml import UpdateBase

from shared.database import Database
from shared.records.base import RecordColumns
from shared.replication.ledger import bulk
from shared.replication.ledger.revisions import Stamp, Standing, lock_feeds, needed, write_stamps
from shared.replication.ledger.shelves import Shelf, Shelves

_TOUCHED, _STAMPED = "stadtherz.touched", "stadtherz.stamped"
_IDS_AT_ONCE = 500
Live = dict[str, tuple[tuple[int, str] | None, str | None]]  # id: ((schema, hash) or None, audience)


class Stamper:
    """Stamps what sessions write to the collections of this side."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def watch(self, database: Database, on_change: Callable[[frozenset[str]], None] | None) -> None:
        def after_commit(session: Session) -> None:
            feeds = session.info.pop(_STAMPED, None)
            if feeds and on_change:
                on_change(feeds)

        database.on_session("after_flush", self._gather)
        database.on_session("before_commit", self._before_commit)
        database.on_session("after_commit", after_commit)
        database.on_session("after_soft_rollback", _forget)
        database.on_session("do_orm_execute", self._refuse_past_objects)

    def _gather(self, session: Session, _context: Any) -> None:
        touched = session.info.setdefault(_TOUCHED, defaultdict(set))
        for group in (session.new, session.dirty, session.deleted):
            for record in group:
                if isinstance(record, RecordColumns) and record.__collection__ in self._shelves.own:
                    touched[record.__collection__].add(record.id)

    def _before_commit(self, session: Session) -> None:
        if session.in_nested_transaction():
            return  # a savepoint is being released; the revision is drawn at the very end
        session.flush()
        touched = session.info.pop(_TOUCHED, None)
        if touched:
            session.info[_STAMPED] = stamp(session.connection(), self._shelves, touched)

    def _refuse_past_objects(self, state: ORMExecuteState) -> None:
        if isinstance(state.statement, UpdateBase):
            table = getattr(state.statement, "table", None)
            name = getattr(table, "name", None)
            written = next((shelf for shelf in self._shelves.all.values() if shelf.table.name == name), None)
            assert written is None, f"{name} is replicated: write its objects, not its table"


def _forget(session: Session, previous: Any) -> None:
    """After a rollback nothing is left to stamp; a savepoint's rollback leaves the rest."""
    if not session.in_transaction() or previous.parent is None:
        session.info.pop(_TOUCHED, None)
        session.info.pop(_STAMPED, None)


def stamp(connection: Connection, shelves: Shelves, touched: dict[str, set[str]]) -> frozenset[str]:
    """Stamp the records whose ids are in `touched` where a feed needs it; return those feeds."""
    live = {name: read_live(connection, shelf, touched[name]) for name, shelf in shelves.own.items() if name in touched}
    heads = lock_feeds(connection, shelves.source, _feeds_concerned(connection, shelves, live))
    stamps: defaultdict[str, list[Stamp]] = defaultdict(list)
    for collection, records in live.items():
        standing = _standing(connection, shelves, heads, collection, records)
        for record_id in sorted(records):
            version, audience = records[record_id]
            for feed in heads:
                wanted = version if audience in (None, feed) else None
                found = needed(collection, record_id, standing.get((feed, record_id)), wanted)
                if found:
                    stamps[feed].append(found)
    write_stamps(connection, shelves.source, heads, stamps)
    return frozenset(stamps)


def read_live(connection: Connection, shelf: Shelf, ids: set[str]) -> Live:
    """Return what each of `ids` is now; one without a row is not live and meant for nobody in particular."""
    found: Live = dict.fromkeys(ids, (None, None))
    listed = sorted(ids)
    for start in range(0, len(listed), _IDS_AT_ONCE):
        query = shelf.query(connection.dialect.name).where(shelf.table.c.id.in_(listed[start : start + _IDS_AT_ONCE]))
        for row in connection.execute(query):
            found[row[0]] = (shelf.version_of(row), shelf.feed_of(row))
    return found


def _feeds_concerned(connection: Connection, shelves: Shelves, live: dict[str, Live]) -> set[str] | None:
    """Return the feeds that may need a stamp; None for all, as with every record for everybody."""
    feeds = set()
    for collection, records in live.items():
        if any(audience is None and version is not None for version, audience in records.values()):
            return None
        feeds |= {audience for _, audience in records.values() if audience}
        changes = shelves.source.changes
        holders = select(changes.c.feed).where(changes.c.collection == collection)
        listed = sorted(records)
        for start in range(0, len(listed), _IDS_AT_ONCE):
            some = holders.where(changes.c.record_id.in_(listed[start : start + _IDS_AT_ONCE]))
            feeds |= set(connection.scalars(some.where(changes.c.feed.in_(select(shelves.source.feeds.c.name)))))
    return feeds


def _standing(
    connection: Connection, shelves: Shelves, heads: dict[str, int], collection: str, records: Live
) -> dict[tuple[str, str], Standing]:
    names = ("feed", "record_id", "operation", "schema", "content_hash")
    among = {"feed": heads, "collection": [collection], "record_id": records}
    return {
        (feed, record_id): Standing(*rest)
        for feed, record_id, *rest in bulk.pick(connection, shelves.source.changes, names, among)
    }
