"""The receiver's half of one feed, without I/O: applies what it hears, answers where it stands.

Rule: this file does not know whether it runs in a centre or in the hub. Every call gets the
ledger, inside one transaction, and `now` in seconds of a clock that never goes back. Answers are
sent after the commit, or lost: both are fine. What must survive is in ReplicaState; here is only
what keeps the receiver from talking too much.
Invariant: the position moves along the source's (revision, mark) edges, or to START at a pass's begin.

The numbers R1 to R8 are the rules of the protocol; the package's docstring is the essay.
"""

from dataclasses import replace

from shared.replication.memory import Remembering
from shared.replication.messages import (
    START,
    UNHEARD,
    Batch,
    Check,
    Cursor,
    Hello,
    Message,
    Operation,
    Pass,
    PassReason,
    Position,
    ReplicaState,
)
from shared.replication.path import higher, lengthened
from shared.replication.ports import Outcome, ReplicaLedger

CREDIT = 8  # times 90 nodes stays below the 800 messages that a broker queues for a slow subscriber
CURSOR_PAUSE_S = 1.0  # the same cursor is not repeated faster than this
AUDIT_PAUSE_S, AUDIT_PAUSE_MAX_S = 60.0, 3600.0  # an audit reads the whole feed: one that does not help must not loop
ERASED_MAX = 200  # reported in one cursor; the others are found again by the next audit
STALL_SHARE, STALL_RECORDS_MIN = 0.2, 20  # R6: so many failing alike are a fault of ours, not of a record

_STRENGTH = (PassReason.COLLECTED, PassReason.AUDIT, PassReason.FORK)


class Replica(Remembering):
    """The receiver's end of `feed`, speaking as `instance`.

    `run` is a random text, fresh for each object: it tells the cursors of this run from late ones of
    an earlier one. `peer` is the source's instance that the feed is bound to: others are ignored
    ('' hears any). `credit` is how many batches may be under way.

    The caller promises: `connected` after each connect, `receive` for each message of the
    source, `wake` whenever `due()` is reached (or more often), `disconnected` when the wire is
    gone. A passing fault (database locked) rolls the transaction back and sends nothing.
    """

    def __init__(self, feed: str, instance: str, run: str, *, peer: str = "", credit: int = CREDIT) -> None:
        self.feed = feed
        self.instance = instance
        self.run = run
        self.peer = peer
        self.credit = credit
        self._connected = False
        self._nonce = ""
        self._sequence = 0
        self._erased: dict[tuple[str, str], None] = {}
        self._said: Cursor | None = None
        self._said_at = 0.0
        self._say_at: float | None = None
        self._audits = 0
        self._audit_from = 0.0

    def connected(self, ledger: ReplicaLedger, now: float) -> list[Message]:
        """Say at once where this side stands; the source answers with a hello."""
        self._connected = True
        return self._say(ledger.state(), now)

    def disconnected(self) -> None:
        """Say nothing until the next `connected`."""
        self._connected = False
        self._say_at = None

    def receive(self, message: Message, ledger: ReplicaLedger, now: float) -> list[Message]:
        """Apply a message of the source if it fits, and answer with a cursor (R1, R2, R7)."""
        if message.feed != self.feed or (self.peer and message.instance != self.peer):
            return []
        state = ledger.state()
        match message:
            case Hello():
                self._nonce = message.nonce
                after = self._greeted(message, state, ledger)
            case Batch():
                after = self._applied(message, state, ledger)
            case Check():
                after = self._checked(message, state, ledger, now)
            case Cursor():
                return []
        if after != state:
            ledger.save(after)
        return self._answer(after, now)

    def wake(self, ledger: ReplicaLedger, now: float) -> list[Message]:
        """Send the cursor that was held back. Cheap and harmless if there is none."""
        if self._say_at is None or now < self._say_at:
            return []
        return self._say(ledger.state(), now)

    def release(self, ledger: ReplicaLedger, now: float) -> list[Message]:
        """Go on after a stall (R6): a person or an upgrade has removed its cause."""
        ledger.save(replace(ledger.state(), stalled=None))
        return self._say(ledger.state(), now)

    def due(self) -> float | None:
        """Return when `wake` is to be called at the latest; None if nothing is held back."""
        return self._say_at

    # --- hello (R2, R3) ------------------------------------------------------------------

    def _greeted(self, hello: Hello, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        if hello.generation.number > state.generation.number:
            return self._adopted(hello, state)
        if hello.generation != state.generation:
            return state
        if hello.restart is not None and hello.restart == state.highest != START:
            return self._begun_anew(hello, state)
        if self._missed_tombstones(hello.floor, state):
            if hello.base != state.highest:  # it may be of another history: say where I stand first
                return state
            return self._walking(state, PassReason.COLLECTED, hello.head, hello.floor)
        return self._finished(self._at_rest(state, hello.head, hello.floor), hello.head, ledger)

    def _adopted(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        """Take up a new generation, if the hello answers my path (or there is nothing to lose yet)."""
        if state.generation != UNHEARD and not self._answers(hello, state):
            return state
        return self._begun_anew(hello, state)

    def _answers(self, hello: Hello, state: ReplicaState) -> bool:
        """Tell whether the base is a place of my own path: a late hello may answer another copy of me."""
        return hello.base is not None and (hello.base == START or hello.base in state.path)

    def _begun_anew(self, hello: Hello, state: ReplicaState) -> ReplicaState:
        """Start a fork pass: the history that my rows come from was replaced.

        During an unfinished fork pass there are rows of two older histories: only what lies
        below both bases is known to the new one for certain.
        """
        base = hello.base if hello.base is not None and self._answers(hello, state) else START
        if state.walk and state.walk.since:
            base = min(base, state.walk.base)
        number = state.passes + 1
        return replace(
            state,
            generation=hello.generation,
            position=START,
            highest=hello.head,
            path=(),
            floor=hello.floor,
            passes=number,
            walk=Pass(number, PassReason.FORK, hello.head.revision, base, since=number),
            agreed=None,
        )

    def _walking(self, state: ReplicaState, reason: PassReason, head: Position, floor: int) -> ReplicaState:
        """Start a pass over the same history. A pass under way goes on as the stronger of both.

        `highest` takes in the head that the pass must reach: a source that lost this head
        is found out by the next cursor, else the pass would wait for it for ever.
        """
        number = state.passes + 1
        target, base, since = head.revision, START, 0
        if state.walk:
            reason = max(reason, state.walk.reason, key=_STRENGTH.index)
            target, base, since = max(target, state.walk.target), state.walk.base, state.walk.since
        return replace(
            state,
            position=START,
            highest=higher(state.highest, head),
            floor=max(state.floor, floor),
            passes=number,
            walk=Pass(number, reason, target, base, since),
        )

    def _missed_tombstones(self, floor: int, state: ReplicaState) -> bool:
        return floor > state.floor and 0 < state.position.revision < floor

    def _at_rest(self, state: ReplicaState, head: Position, floor: int) -> ReplicaState:
        """Note a floor that rose while I stood at the head: I have seen all tombstones below it."""
        if head == state.position and floor > state.floor:
            return replace(state, floor=floor)
        return state

    def _finished(self, state: ReplicaState, head: Position, ledger: ReplicaLedger) -> ReplicaState:
        """End the pass if I stand at the source's head (R3); it goes on if a person must confirm the sweep (R8).

        `highest` is at least the head at which the pass began. A lower head is one of long ago, or
        of a source that went back: sweeping there would delete what that head does not know.
        """
        if state.walk is None or not state.stands_at(head):
            return state
        return state if ledger.sweep(state.walk) is None else replace(state, walk=None)

    # --- batch (R1, R4, R5, R6) ----------------------------------------------------------

    def _fits(self, batch: Batch, state: ReplicaState) -> bool:
        """Tell whether the batch continues exactly where I stand, in the session I answered last.

        The nonce keeps batches of before a source's power loss from mixing with those of after:
        in a walk from START both would fit.
        """
        return (
            state.stalled is None
            and batch.nonce == self._nonce
            and batch.generation == state.generation
            and batch.after == state.position
            and batch.floor >= state.floor
            and not self._missed_tombstones(batch.floor, state)
        )

    def _applied(self, batch: Batch, state: ReplicaState, ledger: ReplicaLedger) -> ReplicaState:
        """Apply the batch and advance.

        `highest` rises to the head at which the batch was read, not only to its end: a record that
        had moved behind the end by then is not in it. If the source loses that head, the
        record is back at its old revision, which I have passed without ever having seen it.
        """
        if not self._fits(batch, state):
            return state
        outcome = ledger.apply(batch.changes, state.walk, state.passes)
        for key in outcome.erased[: ERASED_MAX - len(self._erased)]:
            self._erased[key] = None
        for change in batch.changes:
            if change.operation is Operation.ERASE:
                self._erased.pop((change.collection, change.id), None)
        arrived = replace(
            state,
            position=batch.upto,
            highest=higher(state.highest, batch.head),
            path=lengthened(state.path, batch.upto),
            floor=batch.floor,
            stalled=_stall(outcome, len(batch.changes)),
        )
        return self._finished(arrived, batch.head, ledger)

    # --- check (R7) ----------------------------------------------------------------------

    def _checked(self, check: Check, state: ReplicaState, ledger: ReplicaLedger, now: float) -> ReplicaState:
        if check.generation != state.generation or check.floor < state.floor or not state.stands_at(check.at):
            return state
        state = self._at_rest(state, check.at, check.floor)
        if state.walk:
            return self._finished(state, check.at, ledger)
        if dict(ledger.digests()) == dict(check.digests):
            self._audits = 0
            return replace(state, agreed=check.at)
        if now < self._audit_from:
            return replace(state, agreed=None)
        self._audit_from = now + min(AUDIT_PAUSE_S * 2.0**self._audits, AUDIT_PAUSE_MAX_S)
        self._audits += 1
        return self._walking(replace(state, agreed=None), PassReason.AUDIT, check.at, check.floor)

    # --- cursors -------------------------------------------------------------------------

    def _answer(self, state: ReplicaState, now: float) -> list[Message]:
        """Say where I stand; what was said just now is held back until the pause is over (R1)."""
        if not self._connected:
            return []
        fresh = self._said is None or self._cursor(state, self._said.sequence) != self._said
        if fresh or now >= self._said_at + CURSOR_PAUSE_S:
            return self._say(state, now)
        self._say_at = self._said_at + CURSOR_PAUSE_S
        return []

    def _say(self, state: ReplicaState, now: float) -> list[Message]:
        self._sequence += 1
        self._said, self._said_at, self._say_at = self._cursor(state, self._sequence), now, None
        return [self._said]

    def _cursor(self, state: ReplicaState, sequence: int) -> Cursor:
        return Cursor(
            feed=self.feed,
            instance=self.instance,
            nonce=self._nonce,
            generation=state.generation,
            position=state.position,
            highest=state.highest,
            path=state.path,
            floor=state.floor,
            credit=0 if state.stalled else self.credit,
            sequence=sequence,
            agreed=state.agreed,
            erased=tuple(self._erased),
            error=state.stalled,
            run=self.run,
        )


def _stall(outcome: Outcome, changes: int) -> str | None:
    """Return the reason for which so many of a batch failed that the fault must be here (R6)."""
    for reason, failed in outcome.quarantined.items():
        if failed >= STALL_RECORDS_MIN and failed > changes * STALL_SHARE:
            return reason
    return None
