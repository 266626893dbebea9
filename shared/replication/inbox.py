"""Where the post's thread leaves letters, and committing threads a nudge, for the courier.

Rule: leaving something never blocks. The inbox is bounded: a letter that finds it full is
dropped and counted, which the protocol survives like any lost message.
"""

import threading
from collections import deque

from shared.mqtt import Arrival, Letter

LETTERS_MAX = 4_000
BYTES_MAX = 128 * 1024 * 1024
AT_ONCE = 50  # letters between two looks at the clock and at local changes
BYTES_AT_ONCE = 512 * 1024  # one letter may be more; opened, letters are many times as large


class Inbox:
    """Arrivals in their order, and whether something was committed here; many threads, one reader."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._arrivals: deque[Arrival] = deque()
        self._nudged = False
        self._bytes = 0
        self._closed = False
        self.dropped = 0

    @property
    def closed(self) -> bool:
        return self._closed

    def deliver(self, arrival: Arrival) -> None:
        """Take what the post brings; letters only while there is room."""
        with self._condition:
            if isinstance(arrival, Letter):
                if len(self._arrivals) >= LETTERS_MAX or self._bytes + len(arrival.body) > BYTES_MAX:
                    self.dropped += 1
                    return
                self._bytes += len(arrival.body)
            self._arrivals.append(arrival)
            self._condition.notify()

    def nudge(self) -> None:
        """Take note that something was committed, and may have to travel."""
        with self._condition:
            self._nudged = True
            self._condition.notify()

    def close(self) -> None:
        """Let the reader go."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    def wait(self, timeout_s: float) -> tuple[list[Arrival], bool]:
        """Return some arrivals and whether there was a nudge: at once if so, at the latest after the time-out."""
        with self._condition:
            if not (self._arrivals or self._nudged or self._closed):
                self._condition.wait(timeout_s)
            nudged, self._nudged = self._nudged, False
            return self._taken(), nudged

    def _taken(self) -> list[Arrival]:
        """Take the first arrivals, as many as one may have at once."""
        taken: list[Arrival] = []
        size = 0
        while self._arrivals and len(taken) < AT_ONCE and size < BYTES_AT_ONCE:
            arrival = self._arrivals.popleft()
            taken.append(arrival)
            size += len(arrival.body) if isinstance(arrival, Letter) else 0
        self._bytes -= size
        return taken
