"""Ledgers in memory: the ports' rules in their plainest form, with copies that cost nothing.

The SQL ledgers are held against these: both run under the same simulation. A row's payload
is unique for each write, so that the oracle can tell versions apart; its first letter says what
becomes of it: x travels, B is too big, P is poison for the receiver, N has a newer schema.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, NamedTuple

from shared.replication.messages import (
    START,
    Change,
    Digest,
    Generation,
    Operation,
    Pass,
    PassReason,
    Position,
    ReplicaState,
    SourceState,
)
from shared.replication.ports import Outcome, Page

Key = tuple[str, str]
PUT, DELETE, ERASE, STUB = Operation.PUT, Operation.DELETE, Operation.ERASE, Operation.STUB
LIVE = (PUT, STUB)


class Entry(NamedTuple):
    """What `changes` holds of one record."""

    revision: int
    operation: Operation
    content_hash: str


class Row(NamedTuple):
    """What a replica holds of one record."""

    revision: int
    operation: Operation
    content_hash: str
    payload: str | None
    tag: int
    set_aside: str = ""


def rendered(payload: str) -> tuple[Operation, str]:
    """Return operation and hash of a row; the hash is the payload's number, so it is unique too."""
    return STUB if payload[0] == "B" else PUT, f"{int(payload[1:]):032x}"


class MemorySource:
    """The owner's tables and ledger."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.rows: dict[Key, str] = {}
        self.changes: dict[Key, Entry] = {}  # in the order of revisions: a change is taken out and put at the end
        self.marks: dict[int, int] = {}
        self.current: dict[Key, int] = {}  # not a ledger's: which version of each record this house knows
        self.generation = Generation(1, f"{rng.getrandbits(64):x}")
        self.head = START
        self.floor = 0
        self.acknowledged = START
        self.agreed: Position | None = None
        self.fenced = ""
        self.forks = 0
        self.count_forks = False
        self.prune_marks = True
        self.on_delete: Callable[[Key, int], None] = lambda key, revision: None

    def copy(self) -> dict[str, Any]:
        """Return a backup; `put_back` restores it."""
        kept = self.__dict__.copy()
        for name in ("rows", "changes", "marks", "current"):
            kept[name] = kept[name].copy()
        return kept

    def put_back(self, kept: Mapping[str, Any]) -> None:
        self.__dict__.update(kept)
        for name in ("rows", "changes", "marks", "current"):
            setattr(self, name, kept[name].copy())

    @contextmanager
    def open(self, *, doomed: bool = False) -> Iterator["MemorySource"]:
        """Yield the ledger inside one transaction; a doomed one is rolled back."""
        kept = self.copy() if doomed else None
        yield self
        if kept is not None:
            self.put_back(kept)

    # --- what the house does ---------------------------------------------------------------

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
        entry = self.changes.get(key)
        return entry.operation if entry else None

    def tombs(self) -> dict[Key, int]:
        return {key: entry.revision for key, entry in self.changes.items() if entry.operation is DELETE}

    def versions_sent(self) -> dict[Key, tuple[Operation, int]]:
        """Return which version of each live record the ledger would send."""
        return {
            key: (entry.operation, int(entry.content_hash, 16))
            for key, entry in self.changes.items()
            if entry.operation in LIVE
        }

    def number(self, content_hash: str) -> int | None:
        return int(content_hash, 16)

    def lift_fence(self) -> None:
        self.fenced, self.forks = "", 0

    def stamp(self, key: Key, operation: Operation | None = None) -> None:
        """Give a record a new revision, from what its row is now."""
        payload = self.rows.get(key)
        if payload is not None:
            operation, content_hash = rendered(payload)
        else:
            operation, content_hash = operation or DELETE, ""
        self._advance(self.head.revision + 1)
        self.changes.pop(key, None)
        self.changes[key] = Entry(self.head.revision, operation, content_hash)
        if operation is DELETE:
            self.on_delete(key, self.head.revision)

    def _advance(self, revision: int) -> None:
        self.head = Position(revision, self.rng.getrandbits(62) + 1)
        self.marks[revision] = self.head.mark

    # --- the port ----------------------------------------------------------------------------

    def state(self) -> SourceState:
        return SourceState(self.generation, self.head, self.floor, self.acknowledged, self.agreed, self.fenced)

    def mark(self, revision: int) -> int | None:
        return self.marks.get(revision) if revision else 0

    def read_after(self, revision: int, records_max: int, bytes_max: int) -> Page:
        page = self._tail(revision)
        while sum(self._restamped(key, entry) for key, entry in page[:records_max]):
            page = self._tail(revision)
        taken = page[:records_max]
        changes = tuple([self._change(key, entry) for key, entry in taken])
        return Page(changes, self.head.revision if len(page) == len(taken) else taken[-1][1].revision)

    def _tail(self, revision: int) -> list[tuple[Key, Entry]]:
        tail = []
        for item in reversed(self.changes.items()):
            if item[1].revision <= revision:
                break
            tail.append(item)
        tail.reverse()
        return tail

    def _restamped(self, key: Key, entry: Entry) -> bool:
        """S2: what is sent is what the ledger says, else it gets a new revision first."""
        payload = self.rows.get(key)
        if payload is None:
            stale = entry.operation in LIVE
        else:
            stale = entry[1:] != rendered(payload)
        if stale:
            self.stamp(key)
        return stale

    def _change(self, key: Key, entry: Entry) -> Change:
        payload = self.rows.get(key) if entry.operation is PUT else None
        schema = 2 if payload and payload[0] == "N" else 1
        return Change(*key, entry.revision, entry.operation, schema, entry.content_hash, payload)

    def acknowledge(self, position: Position, agreed: Position | None) -> None:
        self.acknowledged, self.agreed = position, agreed

    def fork(self, number: int, head: int, base: Position) -> None:
        self.generation = Generation(number, f"{self.rng.getrandbits(64):x}")
        self._advance(head)
        self.acknowledged, self.agreed = START, None
        self.forks += 1

    def forks_lately(self) -> int:
        return self.forks if self.count_forks else 0

    def fence(self, reason: str) -> None:
        self.fenced = reason

    def erase(self, records: Sequence[Key]) -> None:
        for key in records:
            self.rows.pop(key, None)
            if key not in self.changes or self.changes[key].operation is not ERASE:
                self.stamp(key, ERASE)

    def purge(self) -> None:
        seen = self.acknowledged.revision
        gone = [key for key, entry in self.changes.items() if entry.operation is DELETE and entry.revision <= seen]
        for key in gone:
            self.floor = max(self.floor, self.changes.pop(key).revision)
        if self.prune_marks:
            used = {entry.revision for entry in self.changes.values()}
            self.marks = {r: salt for r, salt in self.marks.items() if r in used or r >= seen}

    def scrub(self) -> int:
        stale = [key for key, entry in list(self.changes.items()) if self._restamped(key, entry)]
        missing = [key for key in self.rows if key not in self.changes]
        for key in missing:
            self.stamp(key)
        return len(stale) + len(missing)

    def digests(self) -> Mapping[str, Digest]:
        return _digests((key, entry.content_hash) for key, entry in self.changes.items() if entry.operation in LIVE)


class MemoryReplica:
    """The receiver's ledger; `dropped` tells the oracle which versions a call has let go."""

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.candidates: dict[Key, list[Row]] = {}
        self.standing = ReplicaState()
        self.dropped: list[tuple[Key, Row]] = []
        self.ask_from = 10**9  # sweeps of more rows wait for a person (R8)
        self.confirmed = 0

    def copy(self) -> dict[str, Any]:
        kept = self.__dict__.copy()
        kept["rows"] = self.rows.copy()
        kept["candidates"] = {key: list(rows) for key, rows in self.candidates.items()}
        return kept

    def put_back(self, kept: Mapping[str, Any]) -> None:
        self.__dict__.update(kept)
        self.rows = kept["rows"].copy()
        self.candidates = {key: list(rows) for key, rows in kept["candidates"].items()}
        self.dropped = []

    @contextmanager
    def open(self, *, doomed: bool = False) -> Iterator["MemoryReplica"]:
        """Yield the ledger inside one transaction; a doomed one is rolled back."""
        kept = self.copy() if doomed else None
        yield self
        if kept is not None:
            self.put_back(kept)

    def take_dropped(self) -> list[tuple[Key, Row]]:
        """Return which versions were let go since the last call."""
        dropped, self.dropped = self.dropped, []
        return dropped

    def lose(self, key: Key) -> None:
        del self.rows[key]

    def confirm(self) -> None:
        self.confirmed = self.standing.walk.number if self.standing.walk else 0

    def state(self) -> ReplicaState:
        return self.standing

    def save(self, state: ReplicaState) -> None:
        self.standing = state

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        set_aside: dict[str, int] = {}
        refused = []
        for change in changes:
            key = (change.collection, change.id)
            row = self.rows.get(key)
            if row is not None and row.operation is ERASE and change.operation is not ERASE:
                self.rows[key] = row._replace(tag=pass_number)
                if change.operation in LIVE:
                    refused.append(key)
                continue
            if row is not None and change.operation is not ERASE and not self._gives_way(key, row, change, walk):
                continue
            if change.operation is ERASE:
                self.candidates.pop(key, None)
            reason = _reason(change)
            if reason:
                set_aside[reason] = set_aside.get(reason, 0) + 1
            self._drop(key)
            self.rows[key] = Row(
                change.revision, change.operation, change.content_hash, change.payload, pass_number, reason
            )
        return Outcome(set_aside, tuple(refused))

    def _gives_way(self, key: Key, row: Row, change: Change, walk: Pass | None) -> bool:
        if walk is None or row.tag >= walk.since:
            return change.revision >= row.revision
        differs = (row.operation, row.content_hash) != (change.operation, change.content_hash)
        if differs and row.revision > walk.base.revision:
            self.candidates.setdefault(key, []).append(row)
        return True

    def _drop(self, key: Key) -> None:
        row = self.rows.pop(key, None)
        if row is not None:
            self.dropped.append((key, row))

    def sweep(self, walk: Pass) -> int | None:
        stale = [(key, row) for key, row in self.rows.items() if row.tag != walk.number and row.operation is not ERASE]
        live = [key for key, row in stale if row.operation in LIVE]
        if len(live) > self.ask_from and self.confirmed != walk.number:
            return None
        for key, row in stale:
            if row.operation in LIVE and _may_be_lost(row, walk):
                self.candidates.setdefault(key, []).append(row)
            self._drop(key)
        return len(live)

    def digests(self) -> Mapping[str, Digest]:
        return _digests((key, row.content_hash) for key, row in self.rows.items() if row.operation in LIVE)


def _may_be_lost(row: Row, walk: Pass) -> bool:
    if walk.reason is PassReason.AUDIT:
        return True
    return walk.reason is PassReason.FORK and row.tag < walk.since and row.revision > walk.base.revision


def _reason(change: Change) -> str:
    if change.payload is None:
        return ""
    return {"P": "invalid", "N": "newer schema"}.get(change.payload[0], "")


def _digests(hashes: Iterable[tuple[Key, str]]) -> dict[str, Digest]:
    sums: dict[str, list[int]] = {}
    for key, content_hash in hashes:
        counted = sums.setdefault(key[0], [0, 0])
        counted[0] += 1
        counted[1] += int(content_hash, 16)
    return {name: Digest(records, total % 2**128) for name, (records, total) in sums.items()}
