"""What becomes of a batch at the receiver: each change is judged, kept as it came, and projected.

Rule: a record that cannot be applied never blocks the others; it is kept aside with the
reason, and what pages showed of it before stays. What was erased never comes back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from shared import topics
from shared.errors import WireError
from shared.replication.ledger import bulk
from shared.replication.ledger.rendering import content_hash
from shared.replication.ledger.shelves import Shelf, Shelves, Status
from shared.replication.messages import Change, Operation, Pass
from shared.replication.ports import Outcome, Version

Key = tuple[str, str]
RECORD_COLUMNS = (
    "feed",
    "collection",
    "record_id",
    "revision",
    "operation",
    "schema",
    "content_hash",
    "status",
    "reason",
    "pass_number",
    "raw",
)
CANDIDATE_COLUMNS = ("feed", "collection", "record_id", "revision", "content_hash", "operation", "schema", "raw")
_WORDS: dict[str, str] = {word: word.value for word in (*Operation, *Status)}  # drivers take plain text faster
NOT_YOURS = "not yours to write"
UNKNOWN_COLLECTION = "unknown collection"
NEWER_SCHEMA = "newer schema"
HASH_DIFFERS = "content hash differs"
TOO_LARGE = "too large to travel"
REFUSED = "refused by the database"


class Verdict(NamedTuple):
    """What a record is to be: its status, why, and its values if it may be shown."""

    status: Status
    reason: str | None = None
    values: tuple[Any, ...] | None = None


class Applier:
    """Applies batches of one feed inside one transaction."""

    def __init__(self, session: Session, shelves: Shelves, feed: str) -> None:
        self._session = session
        self._connection: Connection = session.connection()
        self._shelves = shelves
        self._records = shelves.replica.records
        self._feed = feed
        self._all = shelves.all
        self._barred: dict[str, Verdict | None] = {}

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        """See ports.ReplicaLedger.apply."""
        standing = self._standing(changes)
        accepted: dict[Key, Change] = {}
        dropped: list[Key] = []
        lost: list[Key] = []
        retagged: list[Key] = []
        for change in changes:
            key = (change.collection, change.id)
            row = standing.get(key)
            if row is None or change.operation is Operation.ERASE:
                accepted[key] = change
            elif row.operation == Operation.ERASE:
                retagged.append(key)
                if change.operation is not Operation.DELETE:
                    dropped.append(key)
            elif walk is None or row.pass_number >= walk.since:
                if change.revision >= row.revision:
                    accepted[key] = change
            else:
                if row.revision > walk.base.revision and _differs(row, change):
                    lost.append(key)
                accepted[key] = change
        self.keep_candidates(lost)
        self._retag(retagged, pass_number)
        quarantined = self._write(accepted.values(), pass_number)
        return Outcome(quarantined, tuple(dropped))

    def judge(self, change: Change) -> Verdict:
        """Say whether the live record in `change` may be shown (R6)."""
        collection = change.collection
        if collection not in self._barred:
            self._barred[collection] = self._bar(collection)
        barred = self._barred[collection]
        if barred is not None:
            return barred
        if change.operation is Operation.STUB:
            return Verdict(Status.STUB, TOO_LARGE)
        assert change.payload is not None, "the wire lets no PUT through without a payload"
        if change.content_hash != content_hash(collection, change.id, change.schema, change.payload):
            return Verdict(Status.QUARANTINED, HASH_DIFFERS)
        shelf = self._all[collection]
        if change.schema > shelf.collection.version:
            return Verdict(Status.DEFERRED, NEWER_SCHEMA)
        try:
            return Verdict(Status.OK, None, shelf.checker.check(change.payload))
        except WireError as error:
            return Verdict(Status.QUARANTINED, error.reason)

    def _bar(self, collection: str) -> Verdict | None:
        """Return what every record of a collection gets that this feed may not bring, or nobody here knows."""
        if not self._shelves.may_write(self._feed, collection):
            return Verdict(Status.QUARANTINED, NOT_YOURS)
        return None if collection in self._all else Verdict(Status.DEFERRED, UNKNOWN_COLLECTION)

    def project(self, shelf: Shelf, rows: list[tuple[str, tuple[Any, ...]]]) -> set[str]:
        """Write (id, values) into the shelf's table; return the ids that the database refused."""
        names = (*self._key_names(shelf), *shelf.collection.field_names)
        prefix = self._key_prefix(shelf)
        whole = [(*prefix, record_id, *values) for record_id, values in rows]
        if self._upserted(shelf, names, whole):
            return set()
        return {row[len(prefix)] for row in whole if not self._upserted(shelf, names, [row])}

    def keep_candidates(self, keys: Iterable[Key]) -> None:
        """Copy what is there of `keys` to the versions that their owner may have lost."""
        records, lost = self._shelves.replica.records, self._shelves.replica.candidates
        for collection, record_id in keys:
            one = select(*(records.c[name] for name in CANDIDATE_COLUMNS)).where(
                records.c.feed == self._feed, records.c.collection == collection, records.c.record_id == record_id
            )
            known = (lost.c[column.name] == records.c[column.name] for column in lost.primary_key)
            new = one.where(~select(lost.c.feed).where(*known).exists())
            self._connection.execute(insert(lost).from_select(CANDIDATE_COLUMNS, new))

    def unshow(self, shelf: Shelf, ids: Iterable[str]) -> None:
        """Take records off the table that pages read."""
        prefix = self._key_prefix(shelf)
        keys = [(*prefix, record_id) for record_id in ids]
        bulk.remove(self._connection, shelf.table, self._key_names(shelf), keys)

    def _standing(self, changes: Sequence[Change]) -> dict[Key, Version]:
        names = ("collection", "record_id", "revision", "operation", "content_hash", "pass_number")
        among = {
            "feed": [self._feed],
            "collection": {change.collection for change in changes},
            "record_id": [change.id for change in changes],
        }
        return {(row[0], row[1]): Version(*row[2:]) for row in bulk.pick(self._connection, self._records, names, among)}

    def _retag(self, keys: list[Key], pass_number: int) -> None:
        rows = [(self._feed, collection, record_id, pass_number) for collection, record_id in keys]
        bulk.update(self._connection, self._records, ("feed", "collection", "record_id", "pass_number"), rows)

    def _write(self, changes: Iterable[Change], pass_number: int) -> Counter[str]:
        shown: defaultdict[str, list[tuple[str, tuple[Any, ...]]]] = defaultdict(list)
        gone: defaultdict[str, list[str]] = defaultdict(list)
        erased: list[Key] = []
        rows: dict[Key, list[Any]] = {}
        for change in changes:
            key = (change.collection, change.id)
            if change.operation is Operation.ERASE:
                erased.append(key)
            if change.operation in (Operation.DELETE, Operation.ERASE):
                gone[change.collection].append(change.id)
                verdict = Verdict(Status.ERASED if change.operation is Operation.ERASE else Status.DELETED)
            else:
                verdict = self.judge(change)
            if verdict.values is not None:
                shown[change.collection].append((change.id, verdict.values))
            rows[key] = self._row(change, verdict, pass_number)
        for name, shelf in self._all.items():
            if name in shown:
                for record_id in self.project(shelf, shown[name]):
                    rows[name, record_id][7:9] = Status.QUARANTINED, REFUSED
            if name in gone and self._shelves.may_write(self._feed, name):
                self.unshow(shelf, gone[name])
        bulk.upsert(self._connection, self._records, RECORD_COLUMNS, list(rows.values()))
        self._forget(erased)
        return Counter(row[8] for row in rows.values() if row[7] == Status.QUARANTINED)

    def _row(self, change: Change, verdict: Verdict, pass_number: int) -> list[Any]:
        raw = change.payload
        if raw is not None and "\0" in raw:
            raw = None  # PostgreSQL has no text with it, and it is not JSON anyway
        return [
            self._feed,
            change.collection,
            change.id,
            change.revision,
            _WORDS[change.operation],
            change.schema,
            change.content_hash,
            _WORDS[verdict.status],
            verdict.reason,
            pass_number,
            raw,
        ]

    def _forget(self, erased: list[Key]) -> None:
        """Nothing of an erased record may stay: no version that may be lost, no offer of one (R5)."""
        keys = [(self._feed, *key) for key in erased]
        bulk.remove(self._connection, self._shelves.replica.candidates, ("feed", "collection", "record_id"), keys)
        offers = self._shelves.own.get("recovery_offers")
        if erased and offers:
            kind: Any = offers.kind
            of_centre = select(kind).where(kind.centre_id == topics.centre_of(self._feed))
            for offer in self._session.scalars(of_centre.where(kind.record_id.in_([key[1] for key in erased]))):
                if (offer.of_collection, offer.record_id) in erased:
                    self._session.delete(offer)

    def _upserted(self, shelf: Shelf, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> bool:
        """Tell whether the database took the rows.

        PostgreSQL needs a savepoint to go on after a refusal. SQLite does not, and there one costs
        a copy of each page that is touched; rows before the refused one stay, and come again.
        """
        try:
            if self._connection.dialect.name == "sqlite":
                bulk.upsert(self._connection, shelf.table, names, rows)
            else:
                with self._connection.begin_nested():
                    bulk.upsert(self._connection, shelf.table, names, rows)
        except (DataError, IntegrityError):
            return False
        return True

    def _key_names(self, shelf: Shelf) -> tuple[str, ...]:
        return ("centre_id", "id") if shelf.of_centre else ("id",)

    def _key_prefix(self, shelf: Shelf) -> tuple[str, ...]:
        return (topics.centre_of(self._feed),) if shelf.of_centre else ()


def _differs(row: Version, change: Change) -> bool:
    return (row.operation, row.content_hash) != (change.operation, change.content_hash)
