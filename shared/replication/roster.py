"""Which ends are served now, and whose timer runs out next."""

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping

from shared import topics
from shared.replication.ends import End, Seat, make_end
from shared.replication.ledger import Ledger

TIDY_EVERY_S, TIDY_FIRST_S = 24 * 3600.0, 60.0


class Roster:
    """The ends of one courier. An end has at most one timer in the heap that is not later than its due time."""

    def __init__(self, city: str, instance: str, ledger: Ledger) -> None:
        self._city, self._instance, self._ledger = city, instance, ledger
        self._ends: dict[str, End] = {}  # by the topic that the end hears
        self._seats: tuple[Seat, ...] = ()
        self._timers: list[tuple[float, int, End]] = []
        self._count = itertools.count()
        self._heads: Mapping[str, tuple[int, str]] = {}
        self._tidied: dict[str, float] = {}

    def __iter__(self) -> Iterator[End]:
        return iter(tuple(self._ends.values()))

    def hearing(self, topic: str) -> End | None:
        """Return the end that listens to `topic`."""
        return self._ends.get(topic)

    def changed(self, heads: Mapping[str, tuple[int, str]]) -> list[End]:
        """Return the open sources whose head or fence is not what it was at the last call."""
        before, self._heads = self._heads, heads
        moved = (topics.ack(self._city, feed) for feed, standing in heads.items() if before.get(feed) != standing)
        return [end for end in map(self._ends.get, moved) if end is not None and end.is_open]

    def seat(self, wanted: Iterable[Seat]) -> None:
        """Serve exactly the seats wanted; one that changed is served anew, from its beginning."""
        wanted = tuple(wanted)
        if wanted == self._seats:
            return
        self._seats, ends = wanted, {}
        for seat in wanted:
            hears = (topics.ack if seat.is_source else topics.out)(self._city, seat.feed)
            end = self._ends.get(hears)
            if end is None or end.seat != seat:
                end = make_end(seat, self._city, self._instance, self._ledger)
            ends[hears] = end
        self._ends = ends

    def untidy(self, now: float) -> End | None:
        """Return an open end whose daily tidying is due, and take it as done; the first is soon after the start."""
        for end in self._ends.values():
            last = self._tidied.setdefault(end.hears, now - TIDY_EVERY_S + TIDY_FIRST_S)
            if end.is_open and now - last >= TIDY_EVERY_S:
                self._tidied[end.hears] = now
                return end
        return None

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
            at, _, end = heapq.heappop(self._timers)
            if at != end.timer:
                continue  # it was hurried since, and has another one
            end.timer = None
            when = end.due()
            if self._ends.get(end.hears) is not end or when is None:
                continue
            if when <= now:
                yield end
            else:
                self.set_timer(end)
