"""Which ends are served now, and whose timer runs out next."""

import heapq
import itertools
from collections.abc import Iterable, Iterator

from shared import topics
from shared.replication.ends import End, Seat, make_end
from shared.replication.ledger import Ledger


class Roster:
    """The ends of one courier. An end has at most one timer in the heap that is not later than its due time."""

    def __init__(self, city: str, instance: str, ledger: Ledger) -> None:
        self._city, self._instance, self._ledger = city, instance, ledger
        self._ends: dict[str, End] = {}  # by the topic that the end hears
        self._timers: list[tuple[float, int, End]] = []
        self._count = itertools.count()

    def __iter__(self) -> Iterator[End]:
        return iter(tuple(self._ends.values()))

    def hearing(self, topic: str) -> End | None:
        """Return the end that listens to `topic`."""
        return self._ends.get(topic)

    def source(self, feed: str) -> End | None:
        """Return the source end of `feed`."""
        return self._ends.get(topics.ack(self._city, feed))

    def seat(self, wanted: Iterable[Seat]) -> None:
        """Serve exactly the seats wanted; one that changed is served anew, from its beginning."""
        ends = {}
        for seat in wanted:
            hears = (topics.ack if seat.is_source else topics.out)(self._city, seat.feed)
            end = self._ends.get(hears)
            if end is None or end.seat != seat:
                end = make_end(seat, self._city, self._instance, self._ledger)
            ends[hears] = end
        self._ends = ends

    def set_timer(self, end: End) -> None:
        """Look when `end` is due, after everything that it did."""
        due = end.due()
        if due is not None and (end.timer is None or due < end.timer):
            end.timer = due
            heapq.heappush(self._timers, (due, next(self._count), end))

    def next_due(self) -> float | None:
        """Return when `due` may have something."""
        return self._timers[0][0] if self._timers else None

    def due(self, now: float) -> Iterator[End]:
        """Take and yield the ends whose time has come."""
        while self._timers and self._timers[0][0] <= now:
            end = heapq.heappop(self._timers)[2]
            end.timer = None
            when = end.due()
            if self._ends.get(end.hears) is not end or when is None:
                continue
            if when <= now:
                yield end
            else:
                self.set_timer(end)
