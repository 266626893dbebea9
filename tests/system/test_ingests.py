"""Several ingests over one PostgreSQL: they divide the centres, one dies, one hangs, one joins; nothing is lost."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.network.workers import IngestWorker, workers
from tests.system.brokers import make_broker
from tests.system.busy import busy, linked
from tests.system.city import Centre, City, Desk, wait_until

CENTRES = ("alt-hamborn", "beeck", "laar", "marxloh", "meiderich", "ruhrort")
BACKLOG = 400

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.service("mosquitto")]


class Ingests:
    """The processes that receive, by the order of their start."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.desks: list[Desk] = []

    def add(self, count: int = 1) -> None:
        for _ in range(count):
            desk = Desk("hub", self._city.hub.settings, 0, "ingest")
            desk.start()
            self.desks.append(desk)

    def seen(self) -> list[IngestWorker]:
        """Return those that the database knows."""
        with self._city.hub_database.reading() as session:
            return workers(session)

    def serve(self, count: int) -> bool:
        """Tell whether `count` of them are connected and serve every centre between them."""
        seen = self.seen()
        return len(seen) == count and all(worker.connected for worker in seen) and self._centres(seen) == len(CENTRES)

    def pid(self, desk: Desk) -> int:
        assert desk._child is not None
        return desk._child.pid

    def is_listed(self, desk: Desk) -> bool:
        return any(worker.name.endswith(f":{self.pid(desk)}") for worker in self.seen())

    def _centres(self, seen: list[IngestWorker]) -> int:
        return sum(worker.centres for worker in seen)


@pytest.fixture
def city(tmp_path: Path, postgres_url: str) -> Iterator[City]:
    """A city whose hub runs no process of its own yet."""
    broker = make_broker("mosquitto", tmp_path)
    broker.start()
    made = City(tmp_path, broker, postgres_url)
    yield made
    made.end()
    broker.stop()


@pytest.fixture
def ingests(city: City) -> Iterator[Ingests]:
    made = Ingests(city)
    yield made
    for desk in made.desks:
        os.kill(made.pid(desk), signal.SIGCONT) if desk._child else None
        desk.stop()


@pytest.fixture
def centres(city: City) -> Iterator[list[Centre]]:
    """Six centres with a backlog, each with its link in this process."""
    made = [city.centre(centre_id) for centre_id in CENTRES]
    for centre in made:
        centre.add_spaces(BACKLOG)
    with linked(made):
        yield made


def test_a_death_a_pause_and_a_newcomer_lose_nothing(city: City, ingests: Ingests, centres: list[Centre]) -> None:
    """One is killed, one stands still for longer than the others wait, one joins, while every house writes."""
    ingests.add(3)
    wait_until(lambda: ingests.serve(3), 60, "three that serve")
    with busy(centres):
        killed, paused, _ = ingests.desks
        killed.kill()
        print("after a death", wait_until(lambda: ingests.serve(2), 60, "two that serve"))

        os.kill(ingests.pid(paused), signal.SIGSTOP)
        print(
            "after a pause",
            wait_until(lambda: not ingests.is_listed(paused) and ingests.serve(1), 60, "one that serves"),
        )
        wait_until(lambda: all(centre.hub_spaces() > BACKLOG for centre in centres), 60, "one serves all")
        os.kill(ingests.pid(paused), signal.SIGCONT)
        wait_until(lambda: ingests.is_listed(paused) and ingests.serve(2), 60, "two again")

        ingests.add()
        print("after a newcomer", wait_until(lambda: ingests.serve(3), 60, "three again"))
    wait_until(lambda: all(centre.arrived() for centre in centres), 60, "agreement")
    for centre in centres:
        centre.assert_same_records()
    assert "was held up" in paused.log()


def test_who_ends_leaves_at_once(city: City, ingests: Ingests, centres: list[Centre]) -> None:
    """An ingest that is ended by the service manager gives its centres away before it goes."""
    ingests.add(2)
    wait_until(lambda: ingests.serve(2), 60, "two that serve")
    ingests.desks[0].stop()
    assert len(ingests.seen()) == 1
    wait_until(lambda: ingests.serve(1), 60, "the other one serves all")
    for centre in centres:
        centre.add_spaces(3)
    wait_until(lambda: all(centre.arrived() for centre in centres), 60, "agreement")
