"""From a commit at a node to the record visible at the hub: 50 live nodes at a tap a second each.

The hub is the real command in a process of its own. The nodes live in this process, each with its
own database, courier, connection and key: the real protocol. A watcher reads the hub's database
like a request of the hub's API would, in a transaction of its own, whenever something was committed
there. The clock runs from the return of the node's commit to the end of that read.
"""

import argparse
import random
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from sqlalchemy import text

from node.core.db import LEDGER as NODE_LEDGER
from node.link import Link
from node.visits.service import record_taps
from shared.database import Database
from shared.ids import new_id
from shared.records.visits import VisitKind
from shared.time import now, to_wire
from tests.system.brokers import make_broker
from tests.system.city import Centre, City, running_city, wait_until

GOAL_P50_MS, GOAL_P99_MS = 30, 150
LOOK_EVERY_S = 0.001


class Watcher(threading.Thread):
    """Notes when the count of each centre was first seen at the hub."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self._database = database
        self.seen: dict[str, dict[int, float]] = defaultdict(dict)
        self.ended = threading.Event()

    def run(self) -> None:
        version = -1
        with self._database.engine.connect() as connection:
            while not self.ended.wait(LOOK_EVERY_S):
                committed = connection.exec_driver_sql("PRAGMA data_version").scalar()
                connection.rollback()
                if committed != version:
                    version = committed
                    self._look()

    def _look(self) -> None:
        with self._database.reading() as session:
            rows = session.execute(text("SELECT centre_id, sum(count) FROM visits GROUP BY centre_id")).all()
        at = time.perf_counter()
        for centre, count in rows:
            seen = self.seen[centre]
            for number in range(count, 0, -1):
                if number in seen:
                    break
                seen[number] = at


class Counter(threading.Thread):
    """Somebody at the counter of one centre: a tap a second, at a moment of their own."""

    def __init__(self, centre: Centre, taps: int, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._centre, self._taps = centre, taps
        self._begin = chance.random()
        self.committed: dict[int, float] = {}

    def run(self) -> None:
        started = time.perf_counter() + self._begin
        for number in range(1, self._taps + 1):
            time.sleep(max(0.0, started + number - time.perf_counter()))
            tap = {
                "id": new_id(),
                "kind": VisitKind.OPEN_MEETING,
                "counted_at": to_wire(now()),
                "target_group": "",
                "step": 1,
            }
            with self._centre.database.transaction() as session:
                receipt = record_taps(session, [tap], now())
            assert receipt.fresh, receipt.refused
            self.committed[number] = time.perf_counter()


def main() -> None:
    """Print p50, p99 and the slowest of all taps, and how they stand to the goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.latency", description=__doc__)
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--taps", type=int, default=30, help="of each node, one a second")
    parser.add_argument("--broker", choices=("embedded", "mosquitto"), default="embedded")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_city(Path(folder), make_broker(asked.broker, Path(folder))) as city,
    ):
        times = sorted(_measure(city, asked.nodes, asked.taps))
    p50, p99 = times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3
    print(f"{asked.nodes} nodes, {asked.broker} broker, {len(times)} taps, all of them arrived")
    print(f"p50 {p50:.0f} ms (goal {GOAL_P50_MS}), p99 {p99:.0f} ms (goal {GOAL_P99_MS})")
    print(f"slowest {times[-1] * 1e3:.0f} ms")


def _measure(city: City, nodes: int, taps: int) -> list[float]:
    centres = [city.centre(f"centre-{number}") for number in range(nodes)]
    links = [Link(centre.config, centre.database, NODE_LEDGER) for centre in centres]
    try:
        for link in links:
            link.start()
        return _taps(city, centres, taps)
    finally:
        for link in links:
            link.stop()


def _taps(city: City, centres: list[Centre], taps: int) -> list[float]:
    nodes = len(centres)
    wait_until(lambda: sum(link.online for link in city.network()) == nodes, 120, "all nodes online")
    watcher = Watcher(city.hub_database)
    watcher.start()
    chance = random.Random(1)
    counters = [Counter(centre, taps, chance) for centre in centres]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join()
    wait_until(lambda: all(taps in watcher.seen[centre.id] for centre in centres), 60, "every tap")
    watcher.ended.set()
    watcher.join()
    return [
        watcher.seen[centre.id][number] - committed
        for centre, counter in zip(centres, counters, strict=True)
        for number, committed in counter.committed.items()
    ]


if __name__ == "__main__":
    main()
