"""Each safeguard of the protocol, and the same world without it.

A simulation that cannot fail proves nothing. Here every safeguard is taken away in turn, by a
subclass of the real class or of the ledger in memory; `CATCHES` says from which seed on the
world without it is caught within a few runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from shared.replication.messages import (
    START,
    Batch,
    Change,
    Cursor,
    Digest,
    Hello,
    Message,
    Operation,
    Pass,
    PassReason,
    Position,
    ReplicaState,
    SourceState,
)
from shared.replication.ports import Outcome, ReplicaLedger, SourceLedger
from shared.replication.replica import Replica
from shared.replication.source import Source
from tests.simulation.memory import DELETE, ERASE, LIVE, Entry, Key, MemoryReplica, MemorySource, rendered
from tests.simulation.rules import Rules, WEIGHTS


class UnmarkedLedger(MemorySource):
    """Revisions alone tell histories apart."""

    def _advance(self, revision: int) -> None:
        self.head = Position(revision, 1)
        self.marks[revision] = 1


class RangeReplica(Replica):
    """Takes any batch that reaches beyond where it stands, wherever it begins."""

    def _fits(self, batch: Batch, state: ReplicaState) -> bool:
        reaches = batch.after.revision <= state.position.revision < batch.upto.revision
        return batch.generation == state.generation and reaches and batch.floor >= state.floor


class UnorderedLedger(MemorySource):
    """Gives a new history any number: which of two is newer cannot be told."""

    def fork(self, number: int, head: int, base: Position) -> None:
        super().fork(self.rng.randrange(1, 1000), head, base)


class UnsweptLedger(MemoryReplica):
    """Ends a pass without looking for what it did not meet."""

    def sweep(self, walk: Pass) -> int | None:
        return 0


class OverwritingLedger(MemoryReplica):
    """Keeps no candidates."""

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        outcome = super().apply(changes, walk, pass_number)
        self.candidates.clear()
        return outcome

    def sweep(self, walk: Pass) -> int | None:
        swept = super().sweep(walk)
        self.candidates.clear()
        return swept


class FloorlessLedger(MemorySource):
    """Purges what is acknowledged and keeps quiet about it."""

    def purge(self) -> None:
        floor = self.floor
        super().purge()
        self.floor = floor


class FallingFloorSource(Source):
    """Thinks nothing of a receiver that knows a higher floor."""

    def _judge(self, session: Any, cursor: Cursor, state: SourceState, ledger: SourceLedger, now: float) -> list[Message]:
        return super()._judge(session, replace(cursor, floor=min(cursor.floor, state.floor)), state, ledger, now)


class SideTableLedger(MemoryReplica):
    """Sets what it cannot read aside, and leaves the older version in the table."""

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        readable = [change for change in changes if not change.payload or change.payload[0] not in "PN"]
        for change in changes:
            row = self.rows.get((change.collection, change.id))
            if row is not None:
                self.rows[change.collection, change.id] = row._replace(tag=pass_number)
        return super().apply(readable, walk, pass_number)


class ForgivingLedger(MemoryReplica):
    """Lets an erased record come back to life."""

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        for change in changes:
            row = self.rows.get((change.collection, change.id))
            if row is not None and row.operation is ERASE and change.operation in LIVE:
                self.rows[change.collection, change.id] = row._replace(operation=DELETE)
        return super().apply(changes, walk, pass_number)


class EagerSource(Source):
    """Takes a cursor without progress as a request to send again at once."""

    def _note(self, session: Any, cursor: Cursor, now: float) -> None:
        self._open(session, cursor.position, now)
        session.credit, session.window = cursor.credit, cursor.credit


class MonotoneSource(Source):
    """Takes a lower cursor for a late one."""

    def _judge(self, session: Any, cursor: Cursor, state: SourceState, ledger: SourceLedger, now: float) -> list[Message]:
        same = cursor.generation == state.generation
        if same and not self._contradiction(cursor, state, ledger) and cursor.position < state.acknowledged:
            return []
        return super()._judge(session, cursor, state, ledger, now)


class UncheckedLedger(MemorySource):
    """Neither scrubs nor counts."""

    def scrub(self) -> int:
        return 0

    def digests(self) -> dict[str, Digest]:
        return {}


class UncountedReplicaLedger(MemoryReplica):
    def digests(self) -> dict[str, Digest]:
        return {}


class UnrenderedLedger(MemorySource):
    """Sends what the row says now under the revision of what it said before."""

    def _restamped(self, key: Key, entry: Entry) -> bool:
        return False

    def _change(self, key: Key, entry: Entry) -> Change:
        payload = self.rows.get(key)
        if payload is None:
            operation = entry.operation if entry.operation not in LIVE else DELETE
            return Change(*key, entry.revision, operation, 1, "", None)
        return super()._change(key, Entry(entry.revision, *rendered(payload)))

    def scrub(self) -> int:
        stale = [key for key, entry in list(self.changes.items()) if MemorySource._restamped(self, key, entry)]
        missing = [key for key in self.rows if key not in self.changes]
        for key in missing:
            self.stamp(key)
        return len(stale) + len(missing)


class RememberingSource(Source):
    """Tells everybody the base it found when it forked."""

    def _base(self, cursor: Cursor, ledger: SourceLedger) -> Position:
        remembered: Position | None = getattr(ledger, "remembered", None)
        return remembered if remembered is not None else super()._base(cursor, ledger)


class RememberingLedger(MemorySource):
    def fork(self, number: int, head: int, base: Position) -> None:
        super().fork(number, head, base)
        self.remembered = base


class TrustingReplica(Replica):
    """Takes any base."""

    def _answers(self, hello: Hello, state: ReplicaState) -> bool:
        return hello.base is not None


class AnySessionReplica(Replica):
    """Takes batches of any session."""

    def _fits(self, batch: Batch, state: ReplicaState) -> bool:
        return super()._fits(replace(batch, nonce=self._nonce), state)


class LongPathReplica(Replica):
    """Keeps its path over a change of generation."""

    def _begun_anew(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        return replace(super()._begun_anew(hello, state), path=state.path)

    def _lengthened(self, path: tuple[Position, ...], place: Position) -> tuple[Position, ...]:
        return (*path, place)[-self.path_max :]


class BatchOnlyReplica(Replica):
    """Ends a pass with a batch only."""

    def _finished(self, state: ReplicaState, head: Position, ledger: ReplicaLedger) -> ReplicaState:
        return super()._finished(state, head, ledger) if self._in_batch else state

    _in_batch = False

    def _applied(self, batch: Batch, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        self._in_batch = True
        try:
            return super()._applied(batch, state, ledger)
        finally:
            self._in_batch = False


class ForgetfulReplica(Replica):
    """Forgets the base of an unfinished fork pass when the next fork comes."""

    def _begun_anew(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        return super()._begun_anew(hello, replace(state, walk=None))


class HastyReplica(Replica):
    """Ends a pass at any head it is told, also at one of long ago."""

    def _finished(self, state: ReplicaState, head: Position, ledger: ReplicaLedger) -> ReplicaState:
        after = super()._finished(replace(state, highest=head), head, ledger)
        return replace(after, highest=state.highest)


class TaggingLedger(MemoryReplica):
    """Tags a row that a late message speaks of, though the message is older than the row."""

    def apply(self, changes: Sequence[Change], walk: Pass | None, pass_number: int) -> Outcome:
        for change in changes:
            row = self.rows.get((change.collection, change.id))
            if row is not None and row.revision > change.revision and walk and row.tag >= walk.since:
                self.rows[change.collection, change.id] = row._replace(tag=pass_number)
        return super().apply(changes, walk, pass_number)


class SparsePathReplica(Replica):
    """Takes heads it was told of for nothing: a pass may wait for one that was lost."""

    def _walking(self, state: ReplicaState, reason: PassReason, head: Position, floor: int) -> ReplicaState:
        return replace(super()._walking(state, reason, head, floor), highest=state.highest)

    def _begun_anew(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        return replace(super()._begun_anew(hello, state), highest=START)


class CredulousReplica(Replica):
    """Starts a pass over a risen floor on any hello, though it may be of another history."""

    def _greeted(self, hello: Hello, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        return super()._greeted(replace(hello, base=state.highest) if hello.base is None else hello, state, ledger)

    def _answers(self, hello: Hello, state: ReplicaState) -> bool:
        return hello.base != state.highest and super()._answers(hello, state)


class ShortSightedReplica(Replica):
    """Counts as highest where it stood, not the head at which its batches were read."""

    def _applied(self, batch: Batch, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        after = super()._applied(batch, state, ledger)
        stood = max(state.highest, after.position, key=lambda place: place.revision)
        return after if after is state else replace(after, highest=stood)


ABLATIONS: dict[str, Callable[[], Rules]] = {
    "marks": lambda: Rules(house=UnmarkedLedger),
    "exact batches": lambda: Rules(replica=RangeReplica),
    "ordered generations": lambda: Rules(house=UnorderedLedger),
    "sweep": lambda: Rules(hub=UnsweptLedger),
    "candidates": lambda: Rules(hub=OverwritingLedger),
    "floor": lambda: Rules(house=FloorlessLedger),
    "falling floor": lambda: Rules(source=FallingFloorSource),
    "quarantine in place": lambda: Rules(hub=SideTableLedger),
    "sticky erasure": lambda: Rules(hub=ForgivingLedger),
    "no progress, no window": lambda: Rules(source=EagerSource),
    "lower cursors": lambda: Rules(source=MonotoneSource),
    "scrub and digest": lambda: Rules(house=UncheckedLedger, hub=UncountedReplicaLedger),
    "rendered as stamped": lambda: Rules(house=UnrenderedLedger),
    "base from the path": lambda: Rules(
        source=RememberingSource, house=RememberingLedger, replica=TrustingReplica
    ),
    "path of one generation": lambda: Rules(replica=LongPathReplica),
    "pass ended by hello": lambda: Rules(replica=BatchOnlyReplica),
    "base of an unfinished pass": lambda: Rules(replica=ForgetfulReplica),
    "base of my own path": lambda: Rules(replica=TrustingReplica),
    "batches of this session": lambda: Rules(replica=AnySessionReplica),
    "target of a pass": lambda: Rules(replica=HastyReplica),
    "late messages leave no tag": lambda: Rules(hub=TaggingLedger),
    "head of the reading": lambda: Rules(replica=ShortSightedReplica),
    "floor of my own history": lambda: Rules(replica=CredulousReplica),
    "heads told of": lambda: Rules(replica=SparsePathReplica),
}
