"""The owner's half of one feed, without I/O: decides what to send; sends nothing.

Rule: this file does not know whether it runs in a centre or in the hub. Every call gets the
ledger, inside one transaction, and `now` in seconds of a clock that never goes back; what it
returns is sent after that transaction has committed, in that order, or lost: both are fine.
Invariant: nothing is sent but hellos before a cursor has echoed this session's nonce, and never
more batches than the receiver gave credit for.

The numbers S1 to S8 are the rules of the protocol; the package's docstring is the essay.
"""

from math import inf

from shared.replication.memory import Remembering
from shared.replication.messages import START, Batch, Check, Cursor, Hello, Message, Position, SourceState
from shared.replication.ports import SourceLedger
from shared.replication.session import (
    CHECK_PAUSE_S,
    GREET_AFTER_S,
    RECORDS_MAX,
    RECORDS_START,
    REOPEN_PAUSE_S,
    RESEND_AFTER_S,
    Session,
)

GREETS_AGAIN_AFTER = 3  # time-outs in a row: probe with a small hello instead of a batch
REST_S = 2.0  # without a commit, before digests are worth comparing
CHECK_EVERY_S = 3600.0  # agreement is proven again although nothing was written
FENCED_LOOK_S = 60.0  # how often a fenced source looks whether a person has decided
FORKS_MAX = 2  # in 24 hours; a clone of a whole machine would fork for ever (S4)
BYTES_PER_RECORD = 640  # 512 records make 320 KiB of JSON; repeated names deflate it to 30 to 60 KiB on the wire


class Source(Remembering):
    """The owner's end of `feed`, speaking as `instance`.

    `peer` is the receiver's instance that the feed is bound to: cursors of another are ignored.
    With '' any receiver is heard (the wire has already checked who may speak on the topic).

    The caller promises: `connected` with a fresh random nonce after each connect, then `receive`
    for each cursor, `wake` after each local commit and whenever `due()` is reached (both may be
    called too often), `disconnected` when the wire is gone.
    """

    def __init__(self, feed: str, instance: str, *, peer: str = "", records_max: int = RECORDS_MAX) -> None:
        self.feed = feed
        self.instance = instance
        self.peer = peer
        self._records_max = records_max
        self._records = min(RECORDS_START, records_max)
        self._session: Session | None = None

    def connected(self, nonce: str, ledger: SourceLedger, now: float) -> list[Message]:
        """Begin a session. `nonce` is a fresh random text: cursors that do not echo it are of the past (S1)."""
        self.disconnected()
        self._session = self._begun(nonce)
        return self._greet(self._session, ledger.state(), now)

    def disconnected(self) -> None:
        """Forget the session; nothing is due until the next `connected`."""
        if self._session is not None:
            self._records = self._session.records
        self._session = None

    def receive(self, cursor: Cursor, ledger: SourceLedger, now: float) -> list[Message]:
        """Answer a cursor: with batches, a hello, or nothing (S3)."""
        session = self._session
        if session is None or cursor.feed != self.feed or (self.peer and cursor.instance != self.peer):
            return []
        if cursor.run == session.run and cursor.sequence <= session.sequence:
            return []  # a late or doubled one
        state = ledger.state()
        if state.fence:
            return []
        if cursor.nonce != session.nonce:
            return self._greet_stranger(session, state, now)
        session.run, session.sequence, session.greet_from = cursor.run, cursor.sequence, inf
        if cursor.erased:
            ledger.erase(cursor.erased)
            state = ledger.state()
        return self._judge(session, cursor, state, ledger, now)

    def wake(self, ledger: SourceLedger, now: float) -> list[Message]:
        """Send what new commits and timers call for. Cheap and harmless if there is nothing."""
        session = self._session
        if session is None:
            return []
        state = ledger.state()
        if now >= session.greet_from:
            return self._greet_stranger(session, state, now)
        if state.fence or not session.heard:
            return self._greet(session, state, now) if session.late(now) else []
        if session.outstanding and session.late(now):
            return self._resend(session, ledger, now)
        return self._go_on(session, ledger, now)

    def due(self) -> float | None:
        """Return when `wake` is to be called at the latest; None while there is no session."""
        return self._session.due() if self._session else None

    def scrub(self, ledger: SourceLedger, now: float) -> list[Message]:
        """Stamp what slipped past the stamp (S8); to be called in the background, about daily."""
        ledger.scrub()
        return self.wake(ledger, now)

    def purge(self, ledger: SourceLedger) -> None:
        """Drop tombstones that the receiver has acknowledged (S6); to be called about daily."""
        ledger.purge()

    def _begun(self, nonce: str) -> Session:
        """Return a fresh session that sends batches of the size that went well before."""
        return Session(nonce, self._records, self._records_max)

    # --- greeting ------------------------------------------------------------------------

    def _greet(self, session: Session, state: SourceState, now: float) -> list[Message]:
        """Say hello without a base: the receiver shall answer with its path."""
        session.close()
        session.greet_from = inf
        if state.fence:
            session.next_at = now + FENCED_LOOK_S
            return []
        session.set_timer(now, GREET_AFTER_S)
        session.timeouts += 1
        return [self._hello(session, state)]

    def _greet_stranger(self, session: Session, state: SourceState, now: float) -> list[Message]:
        """Greet a receiver that has not heard this session's hello, without letting it set the pace.

        One that comes too early is greeted when the pause is over: it may not speak again by itself.
        """
        if now < session.reopen_from:
            session.greet_from = session.reopen_from
            return []
        session.reopen_from = now + REOPEN_PAUSE_S
        session.timeouts = 0
        return self._greet(session, state, now)

    def _hello(
        self,
        session: Session,
        state: SourceState,
        base: Position | None = None,
        restart: Position | None = None,
    ) -> Hello:
        return Hello(
            feed=self.feed,
            instance=self.instance,
            nonce=session.nonce,
            generation=state.generation,
            head=state.head,
            floor=state.floor,
            base=base,
            restart=restart,
        )

    # --- judging a cursor (S3, S4) -------------------------------------------------------

    def _judge(
        self, session: Session, cursor: Cursor, state: SourceState, ledger: SourceLedger, now: float
    ) -> list[Message]:
        if cursor.generation.number < state.generation.number:
            return self._answer(session, self._hello(session, state, self._base(cursor, ledger)), now)
        reason = self._contradiction(cursor, state, ledger)
        if reason:
            return self._fork(session, cursor, ledger, now, reason)
        if self._marked(cursor.position, ledger) is None or self._marked(cursor.highest, ledger) is None:
            hello = self._hello(session, state, self._base(cursor, ledger), restart=cursor.highest)
            return self._answer(session, hello, now)
        if cursor.floor < state.floor and 0 < cursor.position.revision < state.floor:
            return self._answer(session, self._hello(session, state, base=cursor.highest), now)
        if (cursor.position, cursor.agreed) != (state.acknowledged, state.agreed):
            ledger.acknowledge(cursor.position, cursor.agreed)
        session.note(cursor, now)
        return self._go_on(session, ledger, now)

    def _contradiction(self, cursor: Cursor, state: SourceState, ledger: SourceLedger) -> str:
        """Return why the receiver cannot have this from the history in my ledger, '' if it can."""
        if cursor.generation != state.generation:
            return "the receiver knows another generation"
        if cursor.floor > state.floor:
            return "the receiver knows a higher floor"
        if max(cursor.position.revision, cursor.highest.revision) > state.head.revision:
            return "the receiver is ahead"
        if self._marked(cursor.position, ledger) is False or self._marked(cursor.highest, ledger) is False:
            return "the receiver knows another mark"
        return ""

    def _marked(self, position: Position, ledger: SourceLedger) -> bool | None:
        """Tell whether `position` is of my history; None if its mark was pruned."""
        mark = ledger.mark(position.revision)
        return None if mark is None else mark == position.mark

    def _base(self, cursor: Cursor, ledger: SourceLedger) -> Position:
        """Return the greatest place of the receiver's own path that is of my history too."""
        for place in sorted(cursor.path, reverse=True):
            if self._marked(place, ledger):
                return place
        return START

    def _fork(self, session: Session, cursor: Cursor, ledger: SourceLedger, now: float, reason: str) -> list[Message]:
        """Begin a new history, because mine went back in time; after two in a day a person decides (S4)."""
        if ledger.forks_lately() >= FORKS_MAX:
            ledger.fence(reason)
            session.next_at = now + FENCED_LOOK_S
            return []
        state = ledger.state()
        number = max(state.generation.number, cursor.generation.number) + 1
        head = max(state.head.revision, cursor.position.revision, cursor.highest.revision) + 1
        base = self._base(cursor, ledger)
        ledger.fork(number, head, base)
        return self._answer(session, self._hello(session, ledger.state(), base), now)

    def _answer(self, session: Session, hello: Hello, now: float) -> list[Message]:
        """Send a hello that answers a cursor. The receiver's own pause keeps the two from chattering."""
        session.close()
        session.timeouts = 0
        session.set_timer(now, GREET_AFTER_S)
        return [hello]

    # --- streaming (S1, S5) --------------------------------------------------------------

    def _fill(self, session: Session, ledger: SourceLedger, now: float) -> list[Message]:
        """Send batches while there is credit and something to send."""
        batches: list[Message] = []
        head = ledger.state().head
        while session.sent != head and session.has_room():
            batch = self._batch(session, ledger)
            head = batch.head
            session.sent = batch.upto
            session.outstanding.append(batch.upto)
            batches.append(batch)
        if batches:
            session.set_timer(now, RESEND_AFTER_S)
        return batches

    def _batch(self, session: Session, ledger: SourceLedger) -> Batch:
        page = ledger.read_after(session.sent.revision, session.records, session.records * BYTES_PER_RECORD)
        state = ledger.state()  # after reading: it may have given new revisions (S2)
        mark = ledger.mark(page.upto)
        assert mark is not None, "a page ends at a revision that has a mark"
        return Batch(
            feed=self.feed,
            instance=self.instance,
            nonce=session.nonce,
            generation=state.generation,
            after=session.sent,
            upto=Position(page.upto, mark),
            head=state.head,
            floor=state.floor,
            changes=page.changes,
        )

    def _resend(self, session: Session, ledger: SourceLedger, now: float) -> list[Message]:
        """Go back to where the receiver stands, with smaller steps; in the end only ask whether it is there."""
        session.step_back(now)
        if session.timeouts >= GREETS_AGAIN_AFTER:
            return self._greet(session, ledger.state(), now)
        return self._fill(session, ledger, now)

    def _go_on(self, session: Session, ledger: SourceLedger, now: float) -> list[Message]:
        batches = self._fill(session, ledger, now)
        if batches or session.outstanding:
            return batches
        return self._rest(session, ledger, now)

    # --- at rest -------------------------------------------------------------------------

    def _rest(self, session: Session, ledger: SourceLedger, now: float) -> list[Message]:
        """Check digests once the receiver stands at the head and nothing was written for a while (R7)."""
        state = ledger.state()
        if session.stands != state.head:  # no credit: the receiver speaks first, but that may get lost
            late = session.late(now)
            session.set_timer(now, CHECK_PAUSE_S)
            return self._greet(session, state, now) if late else []
        if session.seen_head != state.head:
            session.seen_head, session.rests_from, session.checks = state.head, now, 0
        agreed = state.agreed == state.head and session.checks > 0
        pause = CHECK_EVERY_S if agreed else session.check_wait()
        session.next_at = max(session.rests_from + REST_S, session.check_from + pause)
        return [self._check(session, state, ledger, now)] if now >= session.next_at else []

    def _check(self, session: Session, state: SourceState, ledger: SourceLedger, now: float) -> Check:
        digests = ledger.digests()
        records = sum(digest.records for digest in digests.values())
        session.check_sent(records, now)
        return Check(
            feed=self.feed,
            instance=self.instance,
            nonce=session.nonce,
            generation=state.generation,
            at=state.head,
            floor=state.floor,
            digests=digests,
        )
