"""Errands: what a courier does in transactions, many small ones in one where nothing speaks against it.

A commit makes the disk pause, whatever is in it, and a thousand centres send small letters; so what
lies side by side is done together, for a twentieth of a second at most.

Rules: what an errand answers leaves after the commit, or not at all. One that meets a fault costs
the others time and nothing else: everything is rolled back, the machines know again what they
knew before, and each errand is done once more by itself. Then a WireError is the letter's fault,
which sets the letter aside; anything else is ours, and resets that one end. Each transaction is
guarded: what another process of this side serves by now is left alone.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from shared.database import Database
from shared.errors import WireError
from shared.mqtt import Letter
from shared.replication.ends import End, SourceEnd
from shared.replication.envelope import Rejection
from shared.replication.ledger import Ledger
from shared.replication.messages import Message
from shared.replication.office import LetGo
from shared.replication.rejections import Rejections
from shared.replication.roster import Roster
from shared.storage import is_unavailable

TOGETHER_MAX = 50
TOGETHER_S = 0.05  # how long a person's write may have to wait for a transaction of ours, beside its commit
_log = logging.getLogger(__name__)


class Errand(NamedTuple):
    """Something to be done in a transaction: for an end, or for nobody in particular; because of a letter, or not."""

    act: Callable[[Session, float], Sequence[Message]]
    end: End | None = None
    letter: Letter | None = None
    opens: bool = False  # whether it begins the end's session
    feed: str = ""  # what it is about, where it is for no end

    @property
    def feeds(self) -> tuple[str, ...]:
        """Which feed it is about, if any."""
        name = self.end.feed if self.end is not None else self.feed
        return (name,) if name else ()

    @property
    def is_wanted(self) -> bool:
        """Whether its end still listens: an earlier errand may have shut it."""
        return self.end is None or self.opens or self.end.is_open


class Clerk:
    """Does errands in their order; `send` gets what they answer, end by end."""

    def __init__(
        self,
        *,
        database: Database,
        ledger: Ledger,
        roster: Roster,
        rejections: Rejections,
        clock: Callable[[], datetime],
        send: Callable[[End, Message], None],
        guard: Callable[[Session, Collection[str]], None],
    ) -> None:
        self._database, self._ledger, self._roster = database, ledger, roster
        self._rejections, self._clock, self._send, self._guard = rejections, clock, send, guard

    def run(self, errands: Sequence[Errand]) -> None:
        """Do all of them, as many together as fit."""
        waiting = list(errands)
        while waiting:
            tried, done = self._together(waiting)
            if not done:
                for errand in waiting[:tried]:
                    self._alone(errand)
            del waiting[:tried]

    def set_aside(self, letter: Letter, error: WireError) -> None:
        """Note why a letter was not taken."""
        topic = letter.topic if error.reason != Rejection.UNKNOWN_TOPIC else ""
        self._rejections.add(topic, error.reason, len(letter.body), self._clock())

    def _together(self, waiting: Sequence[Errand]) -> tuple[int, bool]:
        """Do the first errands in one transaction; return how many were tried, and whether they are done."""
        if len(waiting) == 1:
            return 1, False
        memories: dict[End, Any] = {}
        done: list[tuple[Errand, Sequence[Message]]] = []
        tried = 0
        try:
            with self._database.transaction() as session:
                session.connection()  # waits for the writer before us
                self._guard(session, {feed for errand in waiting[:TOGETHER_MAX] for feed in errand.feeds})
                self._lock_feeds(session, waiting)
                ends_at = time.monotonic() + TOGETHER_S
                for errand in waiting[:TOGETHER_MAX]:
                    tried += 1
                    if errand.end is not None and errand.end not in memories:
                        memories[errand.end] = errand.end.remember()
                    if errand.is_wanted:
                        done.append((errand, errand.act(session, time.monotonic())))
                    if time.monotonic() >= ends_at:
                        break
        except Exception as error:  # noqa: BLE001 (each is done again, and says then what is wrong)
            _log.debug("%d errands go one by one: %s", tried, type(error).__name__)
            for end, memory in memories.items():
                end.recall(memory)
            return max(tried, 1), False
        for errand, messages in done:
            self._deliver(errand, messages)
        return tried, True

    def _lock_feeds(self, session: Session, waiting: Sequence[Errand]) -> None:
        """Lock what several errands will write to in the order that everybody keeps: nobody waits in a circle."""
        own = {errand.end.feed for errand in waiting[:TOGETHER_MAX] if isinstance(errand.end, SourceEnd)}
        if len(own) > 1:
            self._ledger.lock_feeds(session, own)

    def _alone(self, errand: Errand) -> None:
        """Do one errand in a transaction of its own, and bear its fault."""
        if not errand.is_wanted:
            return
        memory = errand.end.remember() if errand.end is not None else {}
        try:
            with self._database.transaction() as session:
                self._guard(session, errand.feeds)
                messages = errand.act(session, time.monotonic())
        except Exception as error:  # noqa: BLE001 (logged; one feed's fault must not stop the others)
            if errand.end is not None:
                errand.end.recall(memory)
            self._bear(errand, error)
        else:
            self._deliver(errand, messages)

    def _bear(self, errand: Errand, error: Exception) -> None:
        """Set a bad letter aside, let go what another process serves, and reset the end after any other fault."""
        feed = errand.end.feed if errand.end is not None else "presence"
        if isinstance(error, WireError):
            assert errand.letter is not None, "only a letter can be malformed"
            self.set_aside(errand.letter, error)
        elif isinstance(error, LetGo):
            if errand.end is not None:
                errand.end.shut()  # the next roster is without it
        elif is_unavailable(error):
            _log.warning("%s waits: %s", feed, getattr(error, "orig", error))
            self._stumble(errand.end, "database not available")
        else:
            _log.error("%s stumbled and starts again", feed, exc_info=error)
            self._stumble(errand.end, f"fault on this side ({type(error).__name__})")

    def _deliver(self, errand: Errand, messages: Sequence[Message]) -> None:
        """Do what waits for the commit."""
        end = errand.end
        if end is None:
            return
        if errand.opens:
            end.is_open = True
        if errand.letter is not None:
            end.recovered()
        try:
            for message in messages:
                self._send(end, message)
        except Exception as error:  # noqa: BLE001 (logged; what others were answered must leave all the same)
            self._bear(errand, error)
        self._roster.set_timer(end)

    def _stumble(self, end: End | None, reason: str) -> None:
        if end is not None:
            end.stumbled(time.monotonic())
            self._rejections.add(end.hears, reason, 0, self._clock())
            self._roster.set_timer(end)
