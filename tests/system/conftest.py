"""The city that the scenarios play in, on every kind of broker and database that is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.brokers import Mosquitto, make_broker
from tests.system.city import City, running_city
from tests.system.demo_city import Demo, running_demo

EMBEDDED = pytest.param("embedded+sqlite", id="embedded+sqlite")
SERVICES = pytest.param(
    "mosquitto+postgresql",
    id="mosquitto+postgresql",
    marks=[pytest.mark.service("mosquitto"), pytest.mark.service("postgresql")],
)


@pytest.fixture(params=[EMBEDDED, SERVICES])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    """A running broker and hub: the embedded broker with SQLite, and mosquitto with PostgreSQL."""
    kind, database = request.param.split("+")
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else ""
    with running_city(tmp_path, make_broker(kind, tmp_path), url) as running:
        yield running


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A private mosquitto; mark the test with `service("mosquitto")`."""
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo's city, founded once for all tests that visit it."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running
