"""Which centres this ingest serves, where several processes share one PostgreSQL database.

The centres fall into slots by a checksum of their ids, and each slot is served by the worker that
its row names. Every worker looks about once a second: who lives, whether a slot is nobody's,
whether it has more than its share.

Rules: a worker lives as long as its row stands, and each of its transactions holds that row
(`guard`). Whoever takes over deletes the row first, which waits for those transactions: a worker
that was held up for long finds itself gone and writes nothing. No clock is compared with another:
a worker whose `beats` do not move while I watch is dead, after 15 s; after 3 s if the connection
that it kept open is closed, as the kernel does for a process that ended.
"""

import logging
import os
import secrets
import socket
import time
import zlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.ingest.lifeline import Lifeline
from hub.network.models import IngestFacts
from hub.network.workers import IngestSlot, IngestWorker
from shared.database import Database
from shared.replication.office import LetGo

SLOTS = 256
_HOLD = text("SELECT set_config('idle_in_transaction_session_timeout', :ms, true)")
_PLANT = text("INSERT INTO ingest_slots (slot) SELECT generate_series(0, :last) ON CONFLICT DO NOTHING")
_GUARD = text(
    "SELECT set_config('idle_in_transaction_session_timeout', :ms, true),"
    " (SELECT count(*) FROM ingest_slots WHERE slot = ANY(:slots) AND worker = :number)"
    " FROM ingest_workers WHERE number = :number FOR KEY SHARE"
)
_log = logging.getLogger(__name__)


class Patience(NamedTuple):
    """After how long without a beat another worker is dead, its connection closed or open.

    `locks_s` is how long one that stops in the middle of a transaction keeps others waiting.
    """

    ended_s: float = 3.0
    silent_s: float = 15.0
    locks_s: float = 10.0

    @property
    def locks_ms(self) -> str:
        return str(round(self.locks_s * 1000))


PATIENCE = Patience()


def slot_of(centre: str) -> int:
    """Return the slot that a centre falls into, the same in every process."""
    return zlib.crc32(centre.encode()) % SLOTS


def name_of_process() -> str:
    """Return what people find this process by."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


class Division(Protocol):
    """Which centres are mine."""

    is_whole: bool  # all of them, for ever
    mark: str  # what tells the processes' names at the broker apart

    @property
    def term(self) -> str:
        """A text that changes whenever another process may have served my centres in the meantime."""
        ...

    def serves(self, centre: str) -> bool: ...

    def guard(self, session: Session, centres: Collection[str]) -> None:
        """Make sure, until the transaction ends, that nobody else serves them; raise LetGo if one is not mine."""
        ...

    def beat(self, session: Session, connected: bool, centres: int, now: datetime) -> bool:
        """Say that I live and look at the others; return whether any of us is connected. About once a second."""
        ...

    def stand_aside(self, session: Session, now: datetime) -> bool:
        """Serve nobody, in the place of `beat`: this is not the hub. Return whether one of the others is connected."""
        ...

    def others(self) -> bool:
        """Tell whether another process lived when I last looked."""
        ...

    def leave(self) -> None:
        """Let the others have my centres at once."""
        ...


class Slots:
    """See `Division`. For the courier's thread."""

    is_whole = False

    def __init__(self, database: Database, patience: Patience = PATIENCE) -> None:
        self._database, self._patience = database, patience
        self.mark = f"-{secrets.token_hex(4)}"
        self._number: int | None = None
        self._mine: frozenset[int] = frozenset()
        self._lifeline = Lifeline(database)
        self._watched: dict[int, tuple[int, float]] = {}  # of the others: their beats, and since when they are the same

    @property
    def term(self) -> str:
        return str(self._number)

    def serves(self, centre: str) -> bool:
        return slot_of(centre) in self._mine

    def others(self) -> bool:
        return bool(self._watched)

    def guard(self, session: Session, centres: Collection[str]) -> None:
        slots = list({slot_of(centre) for centre in centres})
        if not slots:
            return
        known = {"ms": self._patience.locks_ms, "slots": slots, "number": self._number}
        found = session.execute(_GUARD, known).one_or_none() if self._number is not None else None
        if found is None or found[1] != len(slots):
            raise LetGo

    def beat(self, session: Session, connected: bool, centres: int, now: datetime) -> bool:
        session.execute(_HOLD, {"ms": self._patience.locks_ms})
        said = {"beat_at": now, "connected": connected, "centres": centres}
        if not self._lives_on(session, said):
            self._join(session, now, said)
        connections = self._living(session)
        self._divide(session, len(connections))
        return any(connections.values())

    def stand_aside(self, session: Session, now: datetime) -> bool:
        if self._number is not None:
            session.execute(_HOLD, {"ms": self._patience.locks_ms})
            self._go(session)
        return session.scalars(select(IngestWorker.number).where(IngestWorker.connected).limit(1)).first() is not None

    def leave(self) -> None:
        try:
            with self._database.transaction() as session:
                self._go(session)
        except DBAPIError as error:
            _log.warning("this ingest ends without a word to the database, the others will notice: %s", error.orig)

    def _go(self, session: Session) -> None:
        """Take myself off the list; what I served is nobody's then. Should this be rolled back, I am silent."""
        session.execute(delete(IngestWorker).where(IngestWorker.number == self._number))
        self._number, self._mine, self._watched = None, frozenset(), {}
        self._lifeline.close()

    def _lives_on(self, session: Session, said: dict[str, Any]) -> bool:
        """Beat; tell whether my row still stands. If not, somebody else serves what was mine."""
        mine = update(IngestWorker).where(IngestWorker.number == self._number)
        found = session.execute(mine.values(beats=IngestWorker.beats + 1, **said).returning(IngestWorker.number))
        return found.one_or_none() is not None

    def _join(self, session: Session, now: datetime, said: dict[str, Any]) -> None:
        """Begin a new life, with nothing. Numbers are random: a database that went back in time gives none twice."""
        if self._number is not None:
            _log.warning("this ingest was held up, and others took its centres over; it begins anew")
        self._number, self._mine = secrets.randbits(31), frozenset()
        session.add(IngestWorker(number=self._number, name=name_of_process(), since=now, beats=0, **said))
        session.flush()
        session.execute(_PLANT, {"last": SLOTS - 1})
        nothing = dict.fromkeys(("batches", "records", "rejected"), 0)
        facts = {"id": 1, "beat_at": now, "connected": False, "connected_changed_at": now, **nothing}
        session.execute(insert(IngestFacts).values(facts).on_conflict_do_nothing())

    def _living(self, session: Session) -> dict[int, bool]:
        """Return the workers that live, with me, and whether each is connected; take the dead off the list."""
        assert self._number is not None
        held = self._lifeline.held(session)
        if self._number not in held:
            self._lifeline.hold(self._number)
        columns = IngestWorker.number, IngestWorker.beats, IngestWorker.connected
        rows = {number: (beats, here) for number, beats, here in session.execute(select(*columns))}
        at, before = time.monotonic(), self._watched
        self._watched = {
            number: before[number] if before.get(number, (None,))[0] == beats else (beats, at)
            for number, (beats, _) in rows.items()
            if number != self._number
        }
        silent = [
            number
            for number, (_, since) in self._watched.items()
            if at - since >= (self._patience.silent_s if number in held else self._patience.ended_s)
        ]
        for number in self._bury(session, silent):
            del rows[number], self._watched[number]
        return {number: here for number, (_, here) in rows.items()}

    def _bury(self, session: Session, silent: list[int]) -> list[int]:
        """Delete the workers that have no transaction under way; return them. Their slots are nobody's then."""
        if not silent:
            return []
        free = select(IngestWorker.number).where(IngestWorker.number.in_(silent)).with_for_update(skip_locked=True)
        gone = list(session.scalars(free))
        session.execute(delete(IngestWorker).where(IngestWorker.number.in_(gone)))
        if gone:
            _log.warning("%d other ingest(s) ended or hang; their centres are divided anew", len(gone))
        return gone

    def _divide(self, session: Session, living: int) -> None:
        """Free what I do not serve any more, stop serving what is beyond my share, take what is nobody's.

        What is to be freed is served no more from the next look on, and is freed at the end of that one.
        """
        kept = session.scalars(select(IngestSlot.slot).where(IngestSlot.worker == self._number))
        held = frozenset(kept)
        self._mine &= held
        if held - self._mine:
            self._own(session, None, held - self._mine)
        share = -(-SLOTS // living)
        self._mine = frozenset(sorted(self._mine)[:share])
        lacking = share - len(self._mine)
        if lacking:
            free = select(IngestSlot.slot).where(IngestSlot.worker.is_(None)).order_by(IngestSlot.slot).limit(lacking)
            taken = frozenset(session.scalars(free.with_for_update(skip_locked=True)))
            self._own(session, self._number, taken)
            self._mine |= taken

    def _own(self, session: Session, worker: int | None, slots: frozenset[int]) -> None:
        if slots:
            session.execute(update(IngestSlot).where(IngestSlot.slot.in_(slots)).values(worker=worker))
