"""One end of one feed as the courier serves it: the machine, its ledger, its topics, its faults.

Every method that takes a session runs inside the caller's transaction; the messages it
returns are for the wire once that has committed. `now` is in seconds of a monotonic clock.
"""

import secrets
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from shared import topics
from shared.errors import WireError
from shared.replication.envelope import Rejection
from shared.replication.ledger import Ledger
from shared.replication.messages import Cursor, Message
from shared.replication.replica import CREDIT, Replica
from shared.replication.source import Source

RETRY_MIN_S, RETRY_MAX_S = 1.0, 60.0


class Seat(NamedTuple):
    """An end to be served: of which feed, which side of it, with how much credit.

    A seat that differs from the one before is served anew and speaks first; `admission` is any
    text that changes when the other side was let in again.
    """

    feed: str
    is_source: bool
    admission: str = ""
    credit: int = CREDIT


class End:
    """What source and replica ends share: topics, and how a fault is survived.

    A machine that met a fault is reset, later each time: what it remembers may not be what
    the database kept. After the reset it opens a session with a fresh nonce.
    """

    def __init__(self, seat: Seat, city: str) -> None:
        self.seat, self.feed = seat, seat.feed
        out, ack = topics.out(city, seat.feed), topics.ack(city, seat.feed)
        self.speaks, self.hears = (out, ack) if seat.is_source else (ack, out)
        self.timer: float | None = None  # kept by the roster
        self.is_open = False
        self._faults = 0
        self._retry_at: float | None = None

    @property
    def resting(self) -> bool:
        """Whether it rests after a fault."""
        return self._retry_at is not None

    def open(self, session: Session, now: float) -> list[Message]:
        """Begin a session: after each connect, and after a fault. The caller marks the end as open."""
        raise NotImplementedError

    def receive(self, session: Session, message: Message, now: float) -> list[Message]:
        """Give a message to the machine; return its answers."""
        raise NotImplementedError

    def wake(self, session: Session, now: float) -> list[Message]:
        """Look at timers and at what was committed."""
        raise NotImplementedError

    def shut(self) -> None:
        """The wire is gone, or the machine's memory not to be trusted."""
        self.is_open = False
        self._machine_shut()

    def due(self) -> float | None:
        """Return when `wake` (after a fault: `open`) is due; None if only something new can wake it."""
        return self._retry_at if self.resting else self._machine_due()

    def remember(self) -> dict[str, Any]:
        """Return what the machine knows now; `recall` takes it back after a transaction that was rolled back."""
        raise NotImplementedError

    def recall(self, memory: dict[str, Any]) -> None:
        """Know what was known when `memory` was returned; each memory serves once."""
        raise NotImplementedError

    def tidy(self, session: Session, now: float) -> list[Message]:
        """Do what is to be done daily."""
        return []

    def stumbled(self, now: float) -> None:
        """Take note of a fault: rest twice as long as after the last one."""
        self.shut()
        self._retry_at = now + min(RETRY_MIN_S * 2.0**self._faults, RETRY_MAX_S)
        self._faults += 1

    def recovered(self) -> None:
        """Forget earlier faults: something was received and committed."""
        self._faults = 0

    def rested(self) -> None:
        """The rest after a fault is over; the next one is still longer until something works."""
        self._retry_at = None

    def _machine_due(self) -> float | None:
        raise NotImplementedError

    def _machine_shut(self) -> None:
        raise NotImplementedError


class SourceEnd(End):
    """The owner's end."""

    def __init__(self, seat: Seat, city: str, instance: str, ledger: Ledger) -> None:
        super().__init__(seat, city)
        self._ledger = ledger
        self._machine = Source(seat.feed, instance)

    def open(self, session: Session, now: float) -> list[Message]:
        return self._machine.connected(secrets.token_hex(8), self._ledger.source(session, self.feed), now)

    def receive(self, session: Session, message: Message, now: float) -> list[Message]:
        if not isinstance(message, Cursor):
            raise WireError(Rejection.WRONG_CHANNEL)
        return self._machine.receive(message, self._ledger.source(session, self.feed), now)

    def wake(self, session: Session, now: float) -> list[Message]:
        return self._machine.wake(self._ledger.source(session, self.feed), now)

    def tidy(self, session: Session, now: float) -> list[Message]:
        """Stamp what slipped past the stamp (S8) and drop acknowledged tombstones (S6)."""
        half = self._ledger.source(session, self.feed)
        messages = self._machine.scrub(half, now)
        self._machine.purge(half)
        return messages

    def remember(self) -> dict[str, Any]:
        return self._machine.remember()

    def recall(self, memory: dict[str, Any]) -> None:
        self._machine.recall(memory)

    def _machine_shut(self) -> None:
        self._machine.disconnected()

    def _machine_due(self) -> float | None:
        return self._machine.due()


class ReplicaEnd(End):
    """The receiver's end."""

    def __init__(self, seat: Seat, city: str, instance: str, ledger: Ledger) -> None:
        super().__init__(seat, city)
        self._ledger = ledger
        self._machine = Replica(seat.feed, instance, secrets.token_hex(8), credit=seat.credit)
        self._released = False

    def open(self, session: Session, now: float) -> list[Message]:
        """Say where this side stands. A stall is tried again after each start: an upgrade may have ended it (R6)."""
        half = self._ledger.replica(session, self.feed)
        state = half.state()
        if state.stalled and not self._released:
            half.save(replace(state, stalled=None))
        self._released = True
        return self._machine.connected(half, now)

    def receive(self, session: Session, message: Message, now: float) -> list[Message]:
        return self._machine.receive(message, self._ledger.replica(session, self.feed), now)

    def wake(self, session: Session, now: float) -> list[Message]:
        return self._machine.wake(self._ledger.replica(session, self.feed), now)

    def remember(self) -> dict[str, Any]:
        return {"machine": self._machine.remember(), "released": self._released}

    def recall(self, memory: dict[str, Any]) -> None:
        self._machine.recall(memory["machine"])
        self._released = memory["released"]

    def _machine_shut(self) -> None:
        self._machine.disconnected()

    def _machine_due(self) -> float | None:
        return self._machine.due()


def make_end(seat: Seat, city: str, instance: str, ledger: Ledger) -> End:
    """Return the end that `seat` asks for."""
    kind = SourceEnd if seat.is_source else ReplicaEnd
    return kind(seat, city, instance, ledger)
