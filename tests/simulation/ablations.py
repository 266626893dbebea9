"""Each safeguard of the protocol, and the same world without it.

A simulation that cannot fail proves nothing. Here every safeguard is taken away in turn, by a
subclass of the real class or of the ledger in memory.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shared.replication.messages import (
    Batch,
    Change,
    Cursor,
    Digest,
    Hello,
    Message,
    Pass,
    Position,
    ReplicaState,
    SourceState,
)
from shared.replication.path import PATH_MAX
from shared.replication.ports import Outcome, ReplicaLedger, SourceLedger
from shared.replication.replica import Replica
from shared.replication.session import Session
from shared.replication.source import Source
from tests.simulation.memory import DELETE, ERASE, LIVE, Entry, Key, MemoryReplica, MemorySource, rendered
from tests.simulation.oracle import Violation
from tests.simulation.rules import WEIGHTS, Rules
from tests.simulation.world import simulate


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

    def _judge(
        self, session: Any, cursor: Cursor, state: SourceState, ledger: SourceLedger, now: float
    ) -> list[Message]:
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


class EagerSession(Session):
    """Takes a cursor without progress as a request to send again at once."""

    def note(self, cursor: Cursor, now: float) -> None:
        self.open(cursor.position, now)
        self.credit = self.window = cursor.credit


class EagerSource(Source):
    def _begun(self, nonce: str) -> Session:
        return EagerSession(nonce, self._records, self._records_max)


class MonotoneSource(Source):
    """Takes a lower cursor for a late one."""

    def _judge(
        self, session: Any, cursor: Cursor, state: SourceState, ledger: SourceLedger, now: float
    ) -> list[Message]:
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


class UncountedLedger(MemoryReplica):
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


class LongPathReplica(Replica):
    """Keeps its path over a change of generation."""

    def _begun_anew(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        return replace(super()._begun_anew(hello, state), path=state.path)

    def _applied(self, batch: Batch, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        after = super()._applied(batch, state, ledger)
        return after if after is state else replace(after, path=(*state.path, batch.upto)[-PATH_MAX:])


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


class CredulousReplica(Replica):
    """Starts a pass over a risen floor on any hello, though it may be of another history."""

    def _greeted(self, hello: Hello, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        if hello.generation == state.generation:
            hello = replace(hello, base=state.highest)
        return super()._greeted(hello, state, ledger)


class ShortSightedReplica(Replica):
    """Counts as highest where it stood, not the head at which its batches were read."""

    def _applied(self, batch: Batch, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        after = super()._applied(batch, state, ledger)
        stood = max(state.highest, after.position, key=lambda place: place.revision)
        return after if after is state else replace(after, highest=stood)


class TimelessSource(Source):
    """Takes a cursor of any session for one of this."""

    def receive(self, cursor: Cursor, ledger: SourceLedger, now: float) -> list[Message]:
        nonce = self._session.nonce if self._session is not None else cursor.nonce
        return super().receive(replace(cursor, nonce=nonce), ledger, now)


class Ablation(NamedTuple):
    """A world without one safeguard; `first` is a seed shortly before one that catches it."""

    rules: Rules
    first: int = 0


STEPS = 250
_RESTORES = {
    "power_loss": 3.0,
    "restore_source": 2.0,
    "restore_replica": 2.0,
    "backup_source": 2.0,
    "backup_replica": 2.0,
    "late": 6.0,
    "swap_clone": 1.0,
}
_CALM = dict.fromkeys(WEIGHTS, 0.0) | {"deliver_up": 30.0, "deliver_down": 30.0, "write": 10.0, "tick": 10.0}
_LATE_WIRE = (0.02, 0.1, 0.4, 0.2)

# Scenarios in which rare circumstances are common. The complete protocol passes in each (a test shows it).
BACK_AND_FORTH = Rules(weights=_RESTORES, swarm=False)
BACK_AND_FORTH_BY_TWOS = replace(BACK_AND_FORTH, batch=2)
LATE_AND_LARGE = Rules(weights=_RESTORES | {"purge": 6.0}, swarm=False, network=_LATE_WIRE, batch=20)
UNASKED_SWEEPS = Rules(weights=_RESTORES | {"purge": 6.0}, swarm=False, ask_from=1)
PURGES_AND_RESTORES = Rules(weights=_RESTORES | {"purge": 6.0}, swarm=False)
PURGES_UNDONE = Rules(weights={"purge": 8.0, "power_loss": 6.0}, swarm=False)
PURGES_AND_OLD_HUBS = Rules(weights={"purge": 6.0, "restore_replica": 2.0, "backup_replica": 2.0}, swarm=False)
SLIPS_UNDONE = Rules(weights={"slip": 5.0, "power_loss": 4.0, "restore_source": 2.0, "scrub": 0.1}, swarm=False)
CHATTER = Rules(
    records=60, batch=1, weights=_CALM, swarm=False, network=(0.0, 0.2, 0.3, 0.0), chatter_max=6.0
)  # the real source needs about three messages for each revision
ENEMY = Rules(weights={"replay": 4.0})  # who kept every letter and plays old sessions again
ENEMY_AND_BACKUPS = Rules(weights=_RESTORES | {"replay": 4.0, "purge": 6.0}, swarm=False)
SCENARIOS = {
    "ordinary": Rules(),
    "an enemy at the broker": ENEMY,
    "an enemy and backups": ENEMY_AND_BACKUPS,
    "back and forth": BACK_AND_FORTH,
    "back and forth by twos": BACK_AND_FORTH_BY_TWOS,
    "late and large": LATE_AND_LARGE,
    "unasked sweeps": UNASKED_SWEEPS,
    "purges and restores": PURGES_AND_RESTORES,
    "purges undone": PURGES_UNDONE,
    "purges and old hubs": PURGES_AND_OLD_HUBS,
    "slips undone": SLIPS_UNDONE,
    "chatter": CHATTER,
}

ABLATIONS = {
    "marks": Ablation(Rules(house=UnmarkedLedger)),
    "batches fit exactly": Ablation(Rules(replica=RangeReplica)),
    "ordered generations": Ablation(Rules(house=UnorderedLedger)),
    "sweep after a pass": Ablation(Rules(hub=UnsweptLedger)),
    "candidates": Ablation(Rules(hub=OverwritingLedger)),
    "floor of purged tombstones": Ablation(replace(PURGES_AND_OLD_HUBS, house=FloorlessLedger)),
    "a falling floor is a fork": Ablation(replace(PURGES_UNDONE, source=FallingFloorSource), first=1148),
    "quarantine in place": Ablation(Rules(hub=SideTableLedger)),
    "erasure sticks": Ablation(Rules(hub=ForgivingLedger)),
    "no progress, no window": Ablation(replace(CHATTER, source=EagerSource)),
    "lower cursors count": Ablation(Rules(source=MonotoneSource)),
    "scrub and digest": Ablation(Rules(house=UncheckedLedger, hub=UncountedLedger)),
    "sent as stamped": Ablation(replace(SLIPS_UNDONE, house=UnrenderedLedger)),
    "base from the path": Ablation(Rules(source=RememberingSource, house=RememberingLedger, replica=TrustingReplica)),
    "path of one generation": Ablation(replace(BACK_AND_FORTH, replica=LongPathReplica), first=313),
    "pass ended by hello": Ablation(replace(UNASKED_SWEEPS, replica=BatchOnlyReplica)),
    "nonce of the session": Ablation(replace(ENEMY, source=TimelessSource)),
    # Found necessary by this simulator, beyond the list of the protocol's section 7:
    "base of an unfinished pass": Ablation(Rules(replica=ForgetfulReplica), first=40),
    "base of my own path": Ablation(replace(BACK_AND_FORTH_BY_TWOS, replica=TrustingReplica), first=606),
    "head of the reading": Ablation(Rules(replica=ShortSightedReplica), first=110),
    "floor of my own history": Ablation(replace(PURGES_AND_RESTORES, replica=CredulousReplica), first=5658),
    "pass ended at no lower head": Ablation(replace(LATE_AND_LARGE, replica=HastyReplica), first=4988),
}


def first_catch(ablation: Ablation, seeds_max: int) -> tuple[int, str] | None:
    """Return the first seed from `first` on that notices the lack, and what it says."""
    for seed in range(ablation.first, ablation.first + seeds_max):
        try:
            simulate(seed, STEPS, ablation.rules)
        except (Violation, AssertionError) as caught:
            return seed, str(caught)
    return None
