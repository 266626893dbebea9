"""The SQL ledgers behind the faces that the simulated world knows from those in memory.

A house and a hub in SQLite databases without a file; copies are images of the whole database. The
world's payloads become real rows of two collections, and versions on the wire keep the numbers
that the oracle reads: x travels, B is too big, P is poison for the hub; N (a newer schema) is
an ordinary record here.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any, Self

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

import hub.spaces.models
import hub.visits.models  # noqa: F401 (the tables of both sides)
import node.spaces.models
import node.visits.models  # noqa: F401 (the tables of both sides)
from hub.core import db as hub_db
from node.core import db as node_db
from shared.database import Database
from shared.records.base import Side
from shared.records.catalogue import BY_NAME
from shared.replication.ledger import Ledger
from shared.replication.ledger.paging import RECORD_CHARACTERS_MAX
from shared.replication.ledger.rendering import content_hash
from shared.replication.ledger.stamping import stamp
from shared.replication.messages import Change, Digest, Operation, Pass, Position, ReplicaState, SourceState
from shared.replication.ports import Outcome, Page
from tests.simulation.memory import LIVE, Entry, Key, Row

FEED = "node/alt-hamborn"
COLLECTIONS = {"a": "spaces", "b": "visits"}
LETTERS = {name: letter for letter, name in COLLECTIONS.items()}
HOUR = datetime(2026, 11, 23, 9, tzinfo=UTC)
_STUFFING = "/" + "x" * RECORD_CHARACTERS_MAX  # follows the number of a version that is too big
SHELVES = node_db.LEDGER.shelves


def record_key(key: Key) -> tuple[str, str]:
    """Return (collection, id) of the world's key."""
    return COLLECTIONS[key[0]], f"00000000-0000-7000-8000-{int(key[1]):012d}"


def world_key(collection: str, record_id: str) -> Key:
    return LETTERS[collection], str(int(record_id[-12:]))


def values_of(key: Key, text: str) -> dict[str, Any]:
    """Return the row that stands for the world's payload `text`."""
    told, kind = text + (_STUFFING if text[0] == "B" else ""), "poison" if text[0] == "P" else None
    if key[0] == "a":
        told_of = {"name": told, "kind": kind or "cafe", "parent_id": None, "capacity": 0, "accessibility": ()}
        plain = {"description": "", "buffer_before_min": 0, "buffer_after_min": 0, "bookable": True, "rank": 0}
        return told_of | plain
    return {"hour_starts_at": HOUR, "kind": kind or "event", "target_group": told, "count": 1}


def text_of(collection: str, payload: str) -> str:
    """Return the world's payload that a record's JSON stands for."""
    told: str = json.loads(payload)["name" if collection == "spaces" else "target_group"]
    return told.split("/", maxsplit=1)[0]


def payload_of(key: Key, text: str) -> str:
    """Return the JSON that travels for the world's payload `text`: every field of the schema, in its order."""
    collection = BY_NAME[COLLECTIONS[key[0]]]
    values = values_of(key, text) | ({"accessibility": []} if key[0] == "a" else {})
    if key[0] == "b":
        values["hour_starts_at"] = "2026-11-23T09:00:00Z"
    later = {name: field.load_default for name, field in collection.checker.fields.items() if name not in values}
    values |= {name: list(value) if isinstance(value, tuple) else value for name, value in later.items()}
    return json.dumps({name: values[name] for name in collection.field_names}, separators=(",", ":"))


def hash_of(key: Key, text: str) -> str:
    collection, record_id = record_key(key)
    return content_hash(collection, record_id, BY_NAME[collection].version, payload_of(key, text))


class _Side:
    """A database without a file, and which version a content hash stands for."""

    kept = ("current", "forks")

    def __init__(self, base: Any) -> None:
        self.database = Database("sqlite://")
        base.metadata.create_all(self.database.engine)
        self.versions: dict[str, str] = {}
        self._open: Session | None = None

    @contextmanager
    def open(self, *, doomed: bool = False) -> Iterator[Self]:
        """Yield this ledger inside one transaction, as a courier would; a doomed one is rolled back."""
        with self.database.transaction() as session:
            self._open = session
            beside = {name: getattr(self, name) for name in self.kept if hasattr(self, name)}
            try:
                yield self
            finally:
                self._open = None
            if doomed:
                session.rollback()
                self.__dict__.update(beside)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield the session that is open, else one of its own."""
        if self._open is not None:
            yield self._open
        else:
            with self.database.transaction() as session:
                yield session

    def copy(self) -> dict[str, Any]:
        beside = {name: getattr(self, name) for name in self.kept if hasattr(self, name)}
        return {"image": self._driver().serialize()} | {
            name: value.copy() if isinstance(value, dict) else value for name, value in beside.items()
        }

    def put_back(self, kept: Mapping[str, Any]) -> None:
        with closing(sqlite3.connect(":memory:")) as image:
            image.deserialize(kept["image"])
            image.backup(self._driver())  # deserializing under live statements ends in a segmentation fault
        for name, value in kept.items():
            if name != "image":
                setattr(self, name, value.copy() if isinstance(value, dict) else value)

    def known(self, hashed: str) -> tuple[Operation, str]:
        """Return how the world knows the content with this hash."""
        text = self.versions[hashed]
        return Operation.STUB if text[0] == "B" else Operation.PUT, f"{int(text[1:]):032x}"

    def _driver(self) -> Any:
        with self.database.engine.connect() as connection:
            return connection.connection.driver_connection


class _Changes(dict[Key, Any]):
    """A record that slipped past the stamp and was deleted again never had a change."""

    def __missing__(self, key: Key) -> None:
        return None


class SqlHouse(_Side):
    """A node's database as the simulated world sees a house."""

    def __init__(self, rng: Random) -> None:
        super().__init__(node_db.Base)
        self.count_forks, self.prune_marks, self.forks = False, True, 0
        self.current: dict[Key, int] = {}
        self._ledgers = {kept: Ledger(node_db.Base, Side.NODE, marks_kept=kept) for kept in (0, 10**9)}
        with self.database.transaction() as session:
            node_db.LEDGER.open_feed(session, FEED, "card-1")

    # What the world does in the house.

    @property
    def rows(self) -> "_HouseRows":
        return _HouseRows(self)

    @property
    def changes(self) -> _Changes:
        table = SHELVES.source.changes
        with self.session() as session:
            found = session.connection().execute(select(table).order_by(table.c.revision)).all()
        known = _Changes()
        for row in found:
            live = row.operation == Operation.PUT
            operation, number = self.known(row.content_hash) if live else (Operation(row.operation), "")
            known[world_key(row.collection, row.record_id)] = Entry(row.revision, operation, number)
        return known

    def write(self, writes: Sequence[tuple[Key, str | None]]) -> None:
        """Commit payloads, None for a deletion."""
        for key, payload in writes:
            self.slip(key, payload)
            self.stamp(key)

    def slip(self, key: Key, payload: str | None) -> None:
        """Write past the stamp."""
        if payload is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = payload

    def operation(self, key: Key) -> Operation | None:
        entry = self.changes[key]
        return entry.operation if entry else None

    def tombs(self) -> dict[Key, int]:
        return {key: entry.revision for key, entry in self.changes.items() if entry.operation is Operation.DELETE}

    def versions_sent(self) -> dict[Key, tuple[Operation, int]]:
        """Return which version of each live record the ledger would send."""
        return {
            key: (entry.operation, int(entry.content_hash, 16))
            for key, entry in self.changes.items()
            if entry.operation in LIVE
        }

    def number(self, content_hash: str) -> int:
        return int(content_hash, 16)

    def lift_fence(self) -> None:
        self.fence("")
        self.forks = 0

    def stamp(self, key: Key, _operation: Operation | None = None) -> None:
        collection, record_id = record_key(key)
        with self.database.transaction() as session:
            stamp(session.connection(), SHELVES, {collection: {record_id}})

    @property
    def generation(self) -> Any:
        return self.state().generation

    @property
    def head(self) -> Position:
        return self.state().head

    # The port.

    def _call(self, name: str, *given: Any) -> Any:
        ledger = self._ledgers[0 if self.prune_marks else 10**9]
        with self.session() as session:
            return getattr(ledger.source(session, FEED), name)(*given)

    def state(self) -> SourceState:
        return self._call("state")  # type: ignore[no-any-return]

    def mark(self, revision: int) -> int | None:
        return self._call("mark", revision)  # type: ignore[no-any-return]

    def read_after(self, revision: int, records_max: int, bytes_max: int) -> Page:
        page = self._call("read_after", revision, records_max, 10**9)
        return Page(tuple(self._told(change) for change in page.changes), page.upto)

    def _told(self, change: Change) -> Change:
        key = world_key(change.collection, change.id)
        number = self.known(change.content_hash)[1] if change.content_hash else ""
        payload = None if change.payload is None else text_of(change.collection, change.payload)
        return change._replace(collection=key[0], id=key[1], schema=1, content_hash=number, payload=payload)

    def acknowledge(self, position: Position, agreed: Position | None) -> None:
        self._call("acknowledge", position, agreed)

    def fork(self, number: int, head: int, base: Position) -> None:
        self._call("fork", number, head, base)
        self.forks += 1

    def forks_lately(self) -> int:
        return self.forks if self.count_forks else 0

    def fence(self, reason: str) -> None:
        self._call("fence", reason)

    def erase(self, records: Sequence[Key]) -> None:
        self._call("erase", [record_key(key) for key in records])

    def purge(self) -> None:
        self._call("purge")

    def scrub(self) -> int:
        return self._call("scrub")  # type: ignore[no-any-return]

    def digests(self) -> Mapping[str, Digest]:
        return self._call("digests")  # type: ignore[no-any-return]


class _HouseRows(MutableMapping[Key, str]):
    """The typed tables of the house, written past the stamp."""

    def __init__(self, house: SqlHouse) -> None:
        self._house = house

    def _all(self) -> dict[Key, str]:
        found = {}
        with self._house.session() as session:
            for letter, name in COLLECTIONS.items():
                table = SHELVES.own[name].table
                told = table.c.name if letter == "a" else table.c.target_group
                for record_id, text in session.connection().execute(select(table.c.id, told)):
                    found[world_key(name, record_id)] = text.split("/")[0]
        return found

    def __getitem__(self, key: Key) -> str:
        return self._all()[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __setitem__(self, key: Key, text: str) -> None:
        self._house.versions[hash_of(key, text)] = text
        collection, record_id = record_key(key)
        table = SHELVES.own[collection].table
        with self._house.database.engine.begin() as connection:
            values = values_of(key, text)
            if connection.execute(update(table).where(table.c.id == record_id).values(**values)).rowcount == 0:
                connection.execute(insert(table).values(id=record_id, **values))

    def __delitem__(self, key: Key) -> None:
        collection, record_id = record_key(key)
        table = SHELVES.own[collection].table
        with self._house.database.engine.begin() as connection:
            connection.execute(delete(table).where(table.c.id == record_id))


class SqlHub(_Side):
    """The hub's database as the simulated world sees a replica."""

    def __init__(self) -> None:
        super().__init__(hub_db.Base)
        self.ask_from, self.confirmed = 10**9, 0
        self.dropped: list[tuple[Key, Row]] = []

    def take_dropped(self) -> list[tuple[Key, Row]]:
        dropped, self.dropped = self.dropped, []
        return dropped

    def lose(self, key: Key) -> None:
        """Lose a row by accident."""
        collection, record_id = record_key(key)
        tables = (hub_db.LEDGER.shelves.replica.records, hub_db.LEDGER.shelves.all[collection].table)
        with self.database.engine.begin() as connection:
            connection.execute(delete(tables[0]).where(tables[0].c.record_id == record_id))
            connection.execute(delete(tables[1]).where(tables[1].c.id == record_id))

    def confirm(self) -> None:
        """Let a person confirm the sweep that waits, if one does."""
        self._call("confirm_sweep")

    @property
    def rows(self) -> dict[Key, Row]:
        table = hub_db.LEDGER.shelves.replica.records
        with self.session() as session:
            found = session.connection().execute(select(table)).all()
        return {world_key(row.collection, row.record_id): self._row(row, row.pass_number) for row in found}

    @property
    def candidates(self) -> dict[Key, list[Row]]:
        table = hub_db.LEDGER.shelves.replica.candidates
        kept: dict[Key, list[Row]] = {}
        with self.session() as session:
            for row in session.connection().execute(select(table)):
                kept.setdefault(world_key(row.collection, row.record_id), []).append(self._row(row, 0))
        return kept

    def _row(self, row: Any, tag: int) -> Row:
        operation = Operation(row.operation)
        number = self.known(row.content_hash)[1] if operation in LIVE else ""
        text = None if row.raw is None else text_of(row.collection, row.raw)
        return Row(row.revision, operation, number, text, tag)

    def put_back(self, kept: Mapping[str, Any]) -> None:
        super().put_back(kept)
        self.dropped = []

    def _call(self, name: str, *given: Any) -> Any:
        with self.session() as session:
            return getattr(hub_db.LEDGER.replica(session, FEED), name)(*given)

    def state(self) -> ReplicaState:
        return self._call("state")  # type: ignore[no-any-return]

    def save(self, state: ReplicaState) -> None:
        self._call("save", state)

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        before = dict(self.rows)
        outcome = self._call("apply", [self._real(change) for change in changes], walk, pass_number)
        self._note_dropped(before)
        return Outcome(outcome.quarantined, tuple(world_key(*key) for key in outcome.erased))

    def sweep(self, walk: Pass) -> int | None:
        before = dict(self.rows)
        swept: int | None = self._call("sweep", walk)
        self._note_dropped(before)
        return swept

    def digests(self) -> Mapping[str, Digest]:
        return self._call("digests")  # type: ignore[no-any-return]

    def _real(self, change: Change) -> Change:
        key = (change.collection, change.id)
        collection, record_id = record_key(key)
        real = change._replace(collection=collection, id=record_id, schema=BY_NAME[collection].version)
        if change.operation not in LIVE:
            return real
        text = change.payload or f"B{int(change.content_hash, 16)}"
        hashed = hash_of(key, text)
        self.versions[hashed] = text
        payload = None if change.payload is None else payload_of(key, text)
        return real._replace(content_hash=hashed, payload=payload)

    def _note_dropped(self, before: dict[Key, Row]) -> None:
        after = self.rows
        for key, row in before.items():
            now = after.get(key)
            if now is None or now._replace(tag=row.tag) != row:
                self.dropped.append((key, row))
