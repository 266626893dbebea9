"""The owner's ledger of one feed, inside one transaction (ports.SourceLedger).

Rule: whatever reads changes and rows together holds the feed's counter row, so no commit
comes between the two: one snapshot on both databases.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from shared.replication.ledger import bulk
from shared.replication.ledger.digests import digests_of
from shared.replication.ledger.paging import read_page
from shared.replication.ledger.removal import remove_row
from shared.replication.ledger.revisions import Stamp, Standing, needed, new_salts, write_stamps
from shared.replication.ledger.shelves import Shelf, Shelves
from shared.replication.messages import START, Digest, Generation, Operation, Position, SourceState
from shared.replication.ports import Page

FORKS_COUNTED = timedelta(hours=24)
_STATE_COLUMNS = (
    "generation",
    "generation_id",
    "head",
    "floor",
    "acknowledged_revision",
    "acknowledged_mark",
    "agreed_revision",
    "agreed_mark",
    "fence",
)
_ACKNOWLEDGED_COLUMNS = (
    "name",
    "acknowledged_revision",
    "acknowledged_mark",
    "agreed_revision",
    "agreed_mark",
)
BOUND_TO_ANOTHER = "this feed is bound to another installation"


class SqlSourceLedger:
    """See ports.SourceLedger; `open`, `close` and `rebind` are for the facade."""

    def __init__(
        self, session: Session, shelves: Shelves, feed: str, clock: Callable[[], datetime], marks_kept: int
    ) -> None:
        self._session = session
        self._connection = session.connection()
        self._shelves = shelves
        self._tables = shelves.source
        self._feed = feed
        self._clock = clock
        self._marks_kept = marks_kept

    # The feed as a whole.

    def open(self, instance: str) -> None:
        if self._connection.dialect.name == "postgresql":
            # Whoever stamps now has committed first and is seen by the scrub; who comes later sees the new feed.
            self._connection.execute(text(f"LOCK TABLE {self._tables.feeds.name} IN EXCLUSIVE MODE"))
        bound = self._connection.scalar(self._own(select(self._tables.feeds.c.instance)))
        if bound is None:
            self._connection.execute(insert(self._tables.feeds).values(name=self._feed, **_new_feed(instance)))
            self.scrub()
        elif bound != instance:
            self.fence(BOUND_TO_ANOTHER)

    def close(self) -> None:
        for table in (self._tables.changes, self._tables.marks, self._tables.forks):
            self._connection.execute(delete(table).where(table.c.feed == self._feed))
        self._connection.execute(delete(self._tables.feeds).where(self._tables.feeds.c.name == self._feed))

    def rebind(self, instance: str) -> None:
        """Speak again, as `instance`. Forks of before are forgotten: counted on, the next one would fence at once."""
        forks = self._tables.forks
        self._connection.execute(delete(forks).where(forks.c.feed == self._feed))
        self._set(instance=instance, fence="")

    def instance(self) -> str:
        """Return the instance that the feed is bound to."""
        return str(self._connection.execute(self._own(select(self._tables.feeds.c.instance))).scalar_one())

    # What the state machine asks.

    def state(self) -> SourceState:
        row = bulk.find(self._connection, self._tables.feeds, _STATE_COLUMNS, {"name": self._feed}, lock=True)
        assert row is not None, f"{self._feed} is not open"
        generation, generation_id, head, floor, acknowledged, acknowledged_mark, agreed, agreed_mark, fence = row
        mark = self.mark(head)
        assert mark is not None, "the mark of the head is never pruned"
        return SourceState(
            Generation(generation, generation_id),
            Position(head, mark),
            floor,
            Position(acknowledged, acknowledged_mark),
            None if agreed is None else Position(agreed, agreed_mark),
            fence,
        )

    def mark(self, revision: int) -> int | None:
        if revision == 0:
            return START.mark
        key = {"feed": self._feed, "revision": revision}
        found = bulk.find(self._connection, self._tables.marks, ("salt",), key)
        return None if found is None else int(found[0])

    def read_after(self, revision: int, records_max: int, bytes_max: int) -> Page:
        while True:
            head = self._lock()
            page, stale = read_page(self._connection, self._shelves, self._feed, revision, (records_max, bytes_max))
            if not stale:
                return page if page.upto else page._replace(upto=head)
            write_stamps(self._connection, self._tables, {self._feed: head}, {self._feed: stale})

    def acknowledge(self, position: Position, agreed: Position | None) -> None:
        values = (self._feed, *position, *(agreed or (None, None)))
        bulk.update(self._connection, self._tables.feeds, _ACKNOWLEDGED_COLUMNS, [values])

    def fork(self, number: int, head: int, base: Position) -> None:
        self._set(
            generation=number,
            generation_id=uuid.uuid4().hex,
            head=head,
            base_revision=base.revision,
            base_mark=base.mark,
        )
        self.acknowledge(START, None)
        marks, forks = self._tables.marks, self._tables.forks
        bulk.upsert(self._connection, marks, ("feed", "revision", "salt"), [(self._feed, head, new_salts(1)[0])])
        self._connection.execute(insert(forks).values(feed=self._feed, generation=number, forked_at=self._clock()))

    def forks_lately(self) -> int:
        forks = self._tables.forks
        lately = forks.c.forked_at > self._clock() - FORKS_COUNTED
        query = select(func.count()).select_from(forks).where(forks.c.feed == self._feed, lately)
        return self._connection.scalar(query) or 0

    def fence(self, reason: str) -> None:
        self._set(fence=reason)

    def erase(self, records: Sequence[tuple[str, str]]) -> None:
        head = self._lock()
        standing = self._standing()
        stamps = [
            Stamp(collection, record_id, Operation.ERASE, 0, "")
            for collection, record_id in dict.fromkeys(records)
            if (known := standing.get((collection, record_id))) is None or known.operation != Operation.ERASE
        ]
        write_stamps(self._connection, self._tables, {self._feed: head}, {self._feed: stamps})
        for collection, record_id in records:
            if collection in self._shelves.own:
                remove_row(self._session, self._shelves.own[collection].kind, record_id)

    def purge(self) -> None:
        changes, marks = self._tables.changes, self._tables.marks
        state = self.state()
        seen = (
            changes.c.feed == self._feed,
            changes.c.operation == Operation.DELETE,
            changes.c.revision <= state.acknowledged.revision,
        )
        floor = self._connection.scalar(select(func.max(changes.c.revision)).where(*seen))
        if floor is not None:
            self._connection.execute(delete(changes).where(*seen))
            self._set(floor=max(floor, state.floor))
        used = select(changes.c.revision).where(changes.c.feed == self._feed)
        old = marks.c.revision < state.acknowledged.revision - self._marks_kept
        self._connection.execute(delete(marks).where(marks.c.feed == self._feed, old, marks.c.revision.not_in(used)))

    def scrub(self) -> int:
        head = self._lock()
        standing = self._standing()
        stamps = []
        for name, shelf in self._shelves.own.items():
            for record_id, version in self._live(shelf):
                known = standing.pop((name, record_id), None)
                if known and known.operation == Operation.ERASE:
                    remove_row(self._session, shelf.kind, record_id)  # it came back out of an old copy
                found = needed(name, record_id, known, version)
                if found:
                    stamps.append(found)
        for (name, record_id), known in standing.items():
            found = needed(name, record_id, known, None)
            if found:
                stamps.append(found)
        write_stamps(self._connection, self._tables, {self._feed: head}, {self._feed: stamps})
        return len(stamps)

    def digests(self) -> Mapping[str, Digest]:
        return digests_of(self._connection, self._tables.changes, self._feed)

    # Pieces.

    def _own(self, query: Any) -> Any:
        return query.where(self._tables.feeds.c.name == self._feed)

    def _set(self, **values: Any) -> None:
        self._connection.execute(self._own(update(self._tables.feeds)).values(**values))

    def _lock(self) -> int:
        found = bulk.find(self._connection, self._tables.feeds, ("head",), {"name": self._feed}, lock=True)
        assert found is not None, f"{self._feed} is not open"
        return int(found[0])

    def _standing(self) -> dict[tuple[str, str], Standing]:
        changes = self._tables.changes
        query = select(
            changes.c.collection, changes.c.record_id, changes.c.operation, changes.c.schema, changes.c.content_hash
        )
        rows = self._connection.execute(query.where(changes.c.feed == self._feed))
        return {(row[0], row[1]): Standing(*row[2:]) for row in rows}

    def _live(self, shelf: Shelf) -> list[tuple[str, tuple[int, str] | None]]:
        """Return (id, version) of every row; the version is None where this feed's receiver may not see it."""
        found = []
        for row in self._connection.execute(shelf.query(self._connection.dialect.name).order_by(shelf.table.c.id)):
            meant = shelf.feed_of(row) in (None, self._feed)
            found.append((row[0], shelf.version_of(row) if meant else None))
        return found


def _new_feed(instance: str) -> dict[str, Any]:
    return {
        "instance": instance,
        "generation": 1,
        "generation_id": uuid.uuid4().hex,
        "head": 0,
        "floor": 0,
        "base_revision": START.revision,
        "base_mark": START.mark,
        "acknowledged_revision": START.revision,
        "acknowledged_mark": START.mark,
        "fence": "",
    }
