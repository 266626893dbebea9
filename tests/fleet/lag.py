"""How long a commit of a centre takes until a reader of the hub's database sees it.

The onlooker reads in transactions of its own, like a page would, whenever something was committed
there. Commit and sight are times of the same clock: everything runs on one machine.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from threading import Event, Thread
from time import monotonic, sleep
from typing import NamedTuple

from sqlalchemy import Connection, text

from shared import topics
from shared.database import Database
from tests.fleet.house import Commit

GIVE_UP_S = 20.0
LOOK_EVERY_S = 0.01  # at a thousand centres a look takes about a millisecond


class Lags(NamedTuple):
    """Seconds."""

    commits: int
    p50: float
    p99: float
    slowest: float


class Onlooker(Thread):
    """Notes when each revision of each centre was first seen at the hub."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self._database, self._ended = database, Event()
        self._seen: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        self._version = -1

    def run(self) -> None:
        with self._database.engine.connect() as connection:
            while not self._ended.wait(LOOK_EVERY_S):
                if self._is_new(connection):
                    self._look(connection)

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def lags(self, commits: Iterable[tuple[str, Sequence[Commit]]]) -> Lags:
        """Return the lags of the commits of each centre; those that arrived just now may be waited for."""
        commits = list(commits)
        self._see(commits)
        found = sorted(self._lag(centre, commit) for centre, listed in commits for commit in listed)
        if not found:
            return Lags(0, 0.0, 0.0, 0.0)
        return Lags(len(found), found[len(found) // 2], found[int(len(found) * 0.99)], found[-1])

    def _see(self, commits: Sequence[tuple[str, Sequence[Commit]]]) -> None:
        """Wait until the last commit of each centre was seen."""
        began = monotonic()
        for centre, listed in commits:
            while listed and not self._has_seen(centre, listed[-1].revision):
                assert monotonic() - began < GIVE_UP_S, f"{centre}: revision {listed[-1].revision} was never seen"
                sleep(LOOK_EVERY_S)

    def _has_seen(self, centre: str, revision: int) -> bool:
        seen = self._seen[topics.node_feed(centre)]
        return bool(seen) and seen[-1][0] >= revision

    def _is_new(self, connection: Connection) -> bool:
        if not self._database.is_sqlite:
            return True
        version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        connection.rollback()
        changed, self._version = version != self._version, version
        return changed

    def _look(self, connection: Connection) -> None:
        rows = connection.execute(text("SELECT feed, revision FROM replicas")).all()
        connection.rollback()
        at = monotonic()
        for feed, revision in rows:
            seen = self._seen[feed]
            if not seen or seen[-1][0] < revision:
                seen.append((revision, at))

    def _lag(self, centre: str, commit: Commit) -> float:
        seen = self._seen[topics.node_feed(centre)]
        return seen[bisect_left(seen, (commit.revision, 0.0))][1] - commit.at
