"""The hub in two processes: the site goes on when ingest dies, and the other way round."""

from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.system.brokers import make_broker
from tests.system.city import Centre, City, Desk, wait_until


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    broker = make_broker("embedded", tmp_path)
    broker.start()
    made = City(tmp_path, broker)
    made.hub = Desk("hub", made.hub.settings, made.hub.port, "web")
    yield made
    made.end()
    broker.stop()


@pytest.fixture
def ingest(city: City) -> Iterator[Desk]:
    desk = Desk("hub", city.hub.settings, city.hub.port, "ingest")
    yield desk
    desk.stop()


@pytest.fixture
def centre(city: City) -> Centre:
    return city.centre("alt-hamborn")


def test_site_and_ingest_live_and_die_apart(city: City, ingest: Desk, centre: Centre) -> None:
    """What a house writes arrives through the one process and is shown by the other; neither needs the other."""
    ingest.start()
    city.hub.start()
    centre.desk.start()
    centre.add_spaces(10)
    wait_until(lambda: centre.hub_spaces() == 10, 60, "spaces")

    ingest.kill()
    with urlopen(f"{city.hub.url}/zentren", timeout=30) as answer:
        assert answer.status == 200

    city.hub.kill()
    ingest.start()
    centre.add_spaces(5, "Saal")
    wait_until(lambda: centre.hub_spaces() == 15, 60, "spaces while the site is down")
    wait_until(centre.arrived, 60, "agreement")
