"""From a commit at a node to the record visible at the hub: 50 live nodes at a tap a second each.

The hub is the real command in a process of its own. The nodes live ten to a process, each with its
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
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import text

from node.config import NodeConfig
from node.core.db import LEDGER as NODE_LEDGER
from node.link import Link
from node.visits.service import record_taps
from shared.database import Database
from shared.ids import new_id
from shared.records.visits import VisitKind
from shared.time import now, to_wire
from tests.system.brokers import make_broker
from tests.system.city import City, running_city, wait_until

GOAL_P50_MS, GOAL_P99_MS = 30, 150
LOOK_EVERY_S = 0.002
SETTLING_S = 3.0  # after the links came up, and for the last tap's way
HOUSES_PER_PROCESS = 10  # more in one interpreter measure its lock, not the network


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


class House(threading.Thread):
    """One centre, linked and alive: a tap a second, at a moment of its own."""

    def __init__(self, config: NodeConfig, taps: int, begin_after_s: float) -> None:
        super().__init__(daemon=True)
        self._database = Database(config.database_url)
        NODE_LEDGER.watch(self._database)
        self._link = Link(config, self._database, NODE_LEDGER)
        self._taps, self._begin_after_s = taps, begin_after_s
        self.committed: dict[int, float] = {}

    def run(self) -> None:
        self._link.start()
        wait_until(self._connected, 60, "a link")
        started = time.perf_counter() + SETTLING_S + self._begin_after_s
        for number in range(1, self._taps + 1):
            time.sleep(max(0.0, started + number - time.perf_counter()))
            self._tap()
            self.committed[number] = time.perf_counter()
        time.sleep(SETTLING_S)
        self._link.stop()
        self._database.dispose()

    def _connected(self) -> bool:
        with self._database.reading() as session:
            return self._link.status(session, now()).state != "offline"

    def _tap(self) -> None:
        at = now()
        tap = {
            "id": new_id(),
            "kind": VisitKind.OPEN_MEETING,
            "counted_at": to_wire(at),
            "target_group": "",
            "step": 1,
        }
        with self._database.transaction() as session:
            receipt = record_taps(session, [tap], at)
        assert receipt.fresh, receipt.refused


def live(configs: list[NodeConfig], taps: int, seed: int) -> dict[str, dict[int, float]]:
    """Let some centres live in this process; return when each committed its taps."""
    chance = random.Random(seed)
    houses = {config.centre_id: House(config, taps, chance.random()) for config in configs}
    for house in houses.values():
        house.start()
    for house in houses.values():
        house.join()
    return {centre: house.committed for centre, house in houses.items()}


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
    configs = [city.centre(f"centre-{number}").config for number in range(nodes)]
    watcher = Watcher(city.hub_database)
    watcher.start()
    groups = [configs[start : start + HOUSES_PER_PROCESS] for start in range(0, nodes, HOUSES_PER_PROCESS)]
    with ProcessPoolExecutor(len(groups), mp_context=get_context("spawn")) as processes:
        lives = [processes.submit(live, group, taps, seed) for seed, group in enumerate(groups)]
        committed = {centre: at for life in lives for centre, at in life.result().items()}
    wait_until(lambda: all(taps in watcher.seen[centre] for centre in committed), 60, "every tap")
    watcher.ended.set()
    watcher.join()
    return [watcher.seen[centre][number] - at for centre, taps in committed.items() for number, at in taps.items()]


if __name__ == "__main__":
    main()
