"""What a source remembers between two connects: who was heard, what is under way, when to speak next.

Rule: flow only (S1, S5). What is true of the feed stands in the ledger, so a crash may take all
of this. Nothing here knows what a batch contains.
"""

import zlib
from dataclasses import dataclass, field, replace
from math import inf

from shared.replication.messages import START, Cursor, Position

GREET_AFTER_S = 5.0  # a hello or its answer got lost
REOPEN_PAUSE_S = GREET_AFTER_S / 2  # a receiver that goes back and back does not set the pace
RESEND_AFTER_S = 10.0  # a full batch on 64 kbit/s takes eight seconds
RESEND_MAX_S = 300.0  # a receiver that comes back speaks first, so waiting long costs nothing
CHECK_AGAIN_S = 5.0  # so that a centre that has just joined sees "in agreement", and not "delayed" for a minute
CHECK_PAUSE_S = 30.0  # between two checks while work goes on: a check reads every hash
CHECK_RECORDS_PER_S = 100  # so a large feed is checked less often: a hub has a thousand of them
WINDOW_MAX = 8
RECORDS_MIN, RECORDS_START, RECORDS_MAX = 8, 128, 512


@dataclass(slots=True)
class Session:
    """One connection of a source, from its hello to its end.

    `stands` is where the receiver's last cursor was, `sent` the end of the last batch,
    `outstanding` the ends of those not yet answered. `greet_from` is when a receiver that
    knocked during the pause is to be greeted. `records` is how many a batch may hold:
    halved by a time-out, grown by progress.
    """

    nonce: str
    records: int = RECORDS_START
    records_max: int = RECORDS_MAX
    run: str = ""
    sequence: int = 0
    heard: bool = False
    stands: Position = START
    sent: Position = START
    outstanding: list[Position] = field(default_factory=list)
    credit: int = 0
    window: int = 1
    timeouts: int = 0
    reopen_from: float = 0.0
    greet_from: float = inf
    next_at: float | None = None
    seen_head: Position = START
    rests_from: float = 0.0
    check_from: float = -inf
    checks: int = 0
    check_again: float = CHECK_AGAIN_S
    check_pause: float = CHECK_AGAIN_S

    def copy(self) -> "Session":
        """Return one that knows the same and learns by itself."""
        return replace(self, outstanding=list(self.outstanding))

    def note(self, cursor: Cursor, now: float) -> None:
        """Move the window to where the cursor stands. Without progress it stays as it is (S5)."""
        place, before = cursor.position, self.stands
        self.credit = cursor.credit
        if not self.heard:
            self.open(place, now)
        elif place.revision > before.revision:
            self._progress(place, now)
        elif place != before and now >= self.reopen_from:
            self.open(place, now)  # a restored receiver, or one that began a pass
        elif place != before:
            self.stands = self.sent = place
            self.outstanding[:] = [place]  # shut until the timer resends
            self.set_timer(now, RESEND_AFTER_S)

    def open(self, place: Position, now: float) -> None:
        """Begin to send from where the receiver stands."""
        self.heard = True
        self.timeouts = 0
        self.reopen_from = now + REOPEN_PAUSE_S
        self.stands = self.sent = place
        self.outstanding.clear()

    def close(self) -> None:
        """Send no batches until a cursor opens the window again."""
        self.heard = False
        self.outstanding.clear()

    def has_room(self) -> bool:
        """Tell whether one more batch may be under way."""
        return len(self.outstanding) < min(self.window, self.credit)

    def step_back(self, now: float) -> None:
        """After a time-out: from where the receiver stands, with a small window and smaller batches."""
        self.timeouts += 1
        self.window = 1
        self.records = max(self.records // 2, min(RECORDS_MIN, self.records_max))
        self.outstanding.clear()
        self.sent = self.stands
        self.set_timer(now, RESEND_AFTER_S)

    def due(self) -> float | None:
        """Return when the source has to be woken at the latest; None if nobody waits for anything."""
        found = min(self.greet_from, inf if self.next_at is None else self.next_at)
        return None if found == inf else found

    def late(self, now: float) -> bool:
        """Tell whether the timer has run out."""
        return self.next_at is not None and now >= self.next_at

    def set_timer(self, now: float, first_s: float) -> None:
        self.next_at = now + self.delay(first_s, self.timeouts)

    def check_sent(self, records: int, now: float) -> None:
        """Take note of a check that read `records`. Of an empty feed it cost nothing: the first ones are soon due."""
        reading_s = records / CHECK_RECORDS_PER_S
        self.check_again = CHECK_AGAIN_S + reading_s
        self.check_pause = CHECK_PAUSE_S + reading_s if records else CHECK_AGAIN_S
        self.check_from = now
        self.checks += 1
        self.next_at = now + self.check_wait()

    def check_wait(self) -> float:
        """Return how long a check waits for the one before it.

        The first at a place is soon repeated: a receiver that had not begun yet could not answer it.
        """
        return self.check_again if self.checks == 1 else self.delay(self.check_pause, self.checks)

    def delay(self, first_s: float, times: int) -> float:
        """Return a wait that doubles each time, spread by a quarter so that many nodes do not speak at once."""
        spread = zlib.crc32(f"{self.nonce}/{times}".encode()) / 2**32
        return min(first_s * 2.0**times, RESEND_MAX_S) * (0.75 + spread / 2)

    def _progress(self, place: Position, now: float) -> None:
        """Widen window and batches; forget what has arrived."""
        self.timeouts = 0
        self.stands = place
        self.window = min(self.window + 1, WINDOW_MAX)
        self.records = min(self.records + self.records // 4 + 1, self.records_max)
        if place in self.outstanding:
            del self.outstanding[: self.outstanding.index(place) + 1]
            self.set_timer(now, RESEND_AFTER_S)
        else:  # it took batches of an earlier cut: those under way do not fit behind them
            self.sent = place
            self.outstanding.clear()
