"""The loop that joins clock, ledger, post and machines; a thread on each side.

For every letter: who wrote it (`wire` checks the signature) -> an errand in a transaction -> the
machine -> commit -> what the machine answered goes out. Local commits and timers wake the machines.

Rules: nothing is sent that is not committed. A letter that is malformed, for somebody else or by
the wrong hand is set aside with its reason. A fault (database locked, disk full, a bug) rolls
back, sends nothing, and resets that one end, later each time (see `errands`). The loop ends only
by `stop`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import topics
from shared.database import Database
from shared.errors import WireError
from shared.keys import Install
from shared.mqtt import Arrival, Broker, Connected, Granted, Letter, Post
from shared.replication import wire
from shared.replication.ends import End
from shared.replication.envelope import Rejection
from shared.replication.errands import Clerk, Errand
from shared.replication.inbox import Inbox
from shared.replication.ledger import Ledger
from shared.replication.messages import Cursor, Hello, Message
from shared.replication.office import Office
from shared.replication.presence import Herald, read_presence
from shared.replication.program import Program
from shared.replication.rejections import Rejections
from shared.replication.roster import Roster
from shared.storage import is_unavailable
from shared.time import now as wall_clock

BEAT_S = 1.0  # how often the switch, the roster and commits of other processes are looked at
FAULT_PAUSE_S = 1.0
_log = logging.getLogger(__name__)


class Courier:
    """Serves every seat of `office` over one connection to `broker`."""

    def __init__(
        self,
        office: Office,
        rejections: Rejections,
        *,
        city: str,
        broker: Broker,
        install: Install,
        database: Database,
        ledger: Ledger,
        clock: Callable[[], datetime] = wall_clock,
        program: Program | None = None,
    ) -> None:
        self._office, self._rejections = office, rejections
        self._city, self._broker, self._install = city, broker, install
        self._database, self._ledger, self._clock = database, ledger, clock
        self._inbox = Inbox()
        self._post: Post | None = None
        self._connected = False
        self._roster = Roster(city, install.instance, ledger)
        self._clerk = Clerk(
            database=database,
            ledger=ledger,
            roster=self._roster,
            rejections=rejections,
            clock=clock,
            send=self._send,
            guard=office.guard,
        )
        self._herald = Herald(office.presence_topic, install, clock, program)
        self._next_beat = 0.0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        unknown = sorted(set(self._ledger.shelves.collections) - set(self._ledger.shelves.all))
        if unknown:
            _log.warning("no table here for %s: kept, but shown nowhere", ", ".join(unknown))
        self._database.on_session("after_commit", self._committed)
        self._thread.start()

    def stop(self, timeout_s: float = 15.0) -> None:
        """Finish the transaction under way, say good-bye at the broker, and end."""
        self._inbox.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _committed(self, session: Session) -> None:
        """Somebody in this process committed; it may have to travel at once."""
        if threading.current_thread() is not self._thread:
            self._inbox.nudge()

    def _run(self) -> None:
        while not self._inbox.closed:
            if not self._survives(self._round):
                time.sleep(FAULT_PAUSE_S)
        self._survives(self._leave)

    def _survives(self, act: Callable[[], None]) -> bool:
        """Do `act`; log what it raises. Without this a single fault would cut a centre off for good."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 (logged; the loop must go on)
            if is_unavailable(error):
                _log.warning("the database is not available: %s", getattr(error, "orig", error))
            else:
                _log.exception("the courier stumbled")
        else:
            return True
        return False

    def _round(self) -> None:
        arrivals, nudged = self._inbox.wait(self._pause_s())
        for are_letters, listed in groupby(arrivals, lambda arrival: isinstance(arrival, Letter)):
            self._survives(partial(self._read if are_letters else self._note_connection, list(listed)))
        if nudged:
            with self._database.reading() as session:
                heads = self._heads_now(session)
            self._wake_changed(heads)
        self._wake_due()
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_S
            self._beat()

    def _pause_s(self) -> float:
        due = self._roster.next_due()
        return max(0.0, (self._next_beat if due is None else min(due, self._next_beat)) - time.monotonic())

    def _note_connection(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            self._next_beat = 0.0  # opens the ends, once the roster is fresh
            if isinstance(arrival, Granted):
                continue
            self._connected = isinstance(arrival, Connected)
            if self._connected:
                self._say_presence()
            else:
                for end in self._roster:
                    end.shut()

    def _read(self, letters: Sequence[Arrival]) -> None:
        """Look who wrote each letter; then take what they say, many in one transaction."""
        read = [self._errand_of(letter) for letter in letters if isinstance(letter, Letter)]
        self._clerk.run([errand for errand in read if errand is not None])

    def _errand_of(self, letter: Letter) -> Errand | None:
        """Return what is to be done because of a letter; None for nothing, or if it is malformed."""
        try:
            topic = topics.parse(letter.topic)
            if topic.city != self._city:
                raise WireError(Rejection.UNKNOWN_TOPIC)
            if topic.channel == "state":
                return self._presence_errand(letter, topic)
            return self._message_errand(letter, topic)
        except WireError as error:
            self._clerk.set_aside(letter, error)
            return None

    def _presence_errand(self, letter: Letter, topic: topics.Topic) -> Errand | None:
        if letter.topic == self._office.presence_topic:
            author, presence = None, self._herald.heard(letter.body)
            if presence.instance == self._install.instance:
                if self._herald.is_contradicted_by(presence):
                    self._say_presence()
                return None
        else:
            author = self._office.author(topic)
            presence = read_presence(letter.body, letter.topic, author)

        def note(session: Session, now: float) -> list[Message]:
            self._office.saw(session, topic, presence, author.found if author else None, self._clock())
            return []

        return Errand(note, letter=letter, feed=topic.feed if topic.centre else "")

    def _message_errand(self, letter: Letter, topic: topics.Topic) -> Errand:
        author = self._office.author(topic)
        end = self._roster.hearing(letter.topic)
        if end is None:
            raise WireError(Rejection.NOT_SERVED)
        message = wire.decode(letter.body, letter.topic, author)

        def receive(session: Session, now: float) -> list[Message]:
            self._office.welcome(session, topic, message, self._clock())
            if author.heir_spoke is not None:
                self._office.succeeded(session, topic, author.heir_spoke, self._clock())
            answers = end.receive(session, message, now)
            self._office.heard(session, topic, message, self._clock())
            return answers

        return Errand(receive, end, letter)

    def _send(self, end: End, message: Message) -> None:
        if self._post is None:
            return
        if isinstance(message, Cursor | Hello):
            message = self._office.annotated(message)
        author = self._install.for_reader(self._office.reader_believes(end.feed))
        try:
            self._post.publish(end.speaks, wire.encode(message, end.speaks, author))
        except WireError as error:
            _log.error("%s cannot send %s: %s", end.feed, type(message).__name__, error)
            self._rejections.add(end.speaks, f"not sent: {error.reason}", 0, self._clock())

    def _say_presence(self) -> None:
        if self._post is not None:
            self._post.publish(*self._herald.letter(True), presence=True)

    def _wake_due(self) -> None:
        due = list(self._roster.due(time.monotonic()))
        resting = [end for end in due if end.resting]
        for end in resting:
            end.rested()
        if resting:
            self._open_ends()
        self._wake(end for end in due if end not in resting)

    def _heads_now(self, session: Session) -> dict[str, tuple[int, str]]:
        feeds = self._ledger.shelves.source.feeds
        rows: Any = session.execute(select(feeds.c.name, feeds.c.head, feeds.c.fence))
        return {name: (head, fence) for name, head, fence in rows}

    def _wake_changed(self, heads: dict[str, tuple[int, str]]) -> None:
        """Wake the sources whose head or fence is not what it was at the last look."""
        self._wake(self._roster.changed(heads))

    def _wake(self, ends: Iterable[End]) -> None:
        self._clerk.run([Errand(end.wake, end) for end in ends])

    def _open_ends(self) -> None:
        """Begin the session of every end that has none and does not rest after a fault."""
        post = self._post
        if self._connected and post is not None:
            shut = (end for end in self._roster if not end.is_open and not end.resting and post.hears(end.hears))
            self._clerk.run([Errand(end.open, end, opens=True) for end in shut])

    def _beat(self) -> None:
        with self._database.reading() as session:
            wanted = self._office.wanted(session)
            roster = list(self._office.roster(session)) if wanted else []
            heads = self._heads_now(session)
            remarks = self._office.remarks(session)
        has_news = self._install.refresh() | self._herald.has_news(remarks)
        self._roster.seat(roster)
        self._switch(wanted)
        self._open_ends()
        self._wake_changed(heads)
        untidy = self._roster.untidy(time.monotonic())
        if untidy is not None:
            self._clerk.run([Errand(untidy.tidy, untidy)])
        if self._connected and (has_news or self._herald.is_overdue()):
            self._say_presence()
        with self._database.transaction() as session:
            if self._rejections:
                self._rejections.write(session)
            self._office.beat(session, self._connected, self._clock())
        self._rejections.written()

    def _switch(self, wanted: bool) -> None:
        """Take up or give up the connection, as the switch says."""
        if wanted and self._post is None:
            self._post = Post(
                self._broker,
                self._office.client_id,
                self._office.subscriptions,
                self._inbox.deliver,
                lambda: self._herald.letter(False),
            )
            self._post.start()
        elif wanted and self._post is not None:
            self._post.listen_to(self._office.subscriptions)
        elif not wanted and self._post is not None:
            self._leave()

    def _leave(self) -> None:
        post, self._post = self._post, None
        self._connected = False
        for end in self._roster:
            end.shut()
        if post is not None:
            post.stop(self._herald.letter(False) if self._office.speaks_last else None)
        with self._database.transaction() as session:
            self._office.beat(session, False, self._clock())
