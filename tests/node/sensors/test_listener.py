"""Sensors at a real broker: heard, stored, then confirmed; what came while the node was off comes afterwards."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from node.config import NodeConfig
from node.sensors import service
from node.sensors.listener import Listener
from node.sensors.models import SensorCount
from node.sensors.service import SensorEntry
from shared import topics
from shared.broker import HOST, EmbeddedBroker, free_port
from shared.database import Database
from shared.mqtt import Broker, Post
from shared.time import now, to_wire
from tests.node.sensors.messages import body, message
from tests.system.brokers import Mosquitto

TOPIC = topics.sensor("duisburg", "alt-hamborn", "door")


def until(true: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.02)


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SensorCount)) or 0


def settings(port: int, tmp_path: Path) -> NodeConfig:
    return NodeConfig(
        centre_id="alt-hamborn", city="duisburg", data_folder=tmp_path, broker_host=HOST, broker_port=port
    )


def listener_at(port: int, tmp_path: Path, database: Database) -> Listener:
    """A running listener of the house; its broker listens on `port`."""
    config = settings(port, tmp_path)
    listener = Listener(lambda: config, database)
    listener.start()
    return listener


@pytest.fixture
def door(database: Database) -> Database:
    """A house with one sensor in use."""
    with database.transaction() as session:
        service.add_sensor(session, "door", SensorEntry(name="Tür", kind="programme"), now=now())
    return database


@pytest.fixture
def sensor() -> Iterator[Callable[[int], Post]]:
    """Return a function that connects a sensor to the broker on a port."""
    connected = []

    def connect(port: int) -> Post:
        post = Post(Broker(HOST, port), "sensor-under-test", ("sensor/echo",), lambda arrival: None)
        post.start()
        connected.append(post)
        until(lambda: post.connected)
        return post

    yield connect
    for post in connected:
        post.stop()


def count(message_id: str) -> bytes:
    return body(message(message_id, 1, counted_at=to_wire(now())))


def test_a_message_at_the_broker_is_counted_once(door: Database, tmp_path: Path, sensor: Callable[[int], Post]) -> None:
    """Repeated, malformed and foreign ones do no harm and do not stop it."""
    with EmbeddedBroker() as broker:
        listener = listener_at(broker.port, tmp_path, door)
        until(lambda: listener.connected)
        post = sensor(broker.port)
        for said in (b"nonsense", count("a"), count("a"), count("b")):
            assert post.publish(TOPIC, said)
        until(lambda: stored(door) == 2)
        listener.stop()
    with door.reading() as session:
        assert [one.reason for one in service.list_rejections(session)] == ["not_json"]


def test_what_the_city_tells_anew_counts_at_once(door: Database, tmp_path: Path) -> None:
    """The house joined, or got new credentials, while it was running: its sensors must not wait for a restart."""
    told, asked = [settings(free_port(), tmp_path)], []

    def tell() -> NodeConfig:
        asked.append(told[-1])
        return told[-1]

    listener = Listener(tell, door)
    listener.start()
    until(lambda: len(asked) > 1)  # it has begun with the old ones
    with EmbeddedBroker() as broker:
        told.append(settings(broker.port, tmp_path))
        until(lambda: listener.connected)
        listener.stop()


def test_without_a_sensor_in_use_nobody_connects(database: Database, tmp_path: Path) -> None:
    """A house without sensors costs the broker nothing, and stopping does not wait."""
    listener = listener_at(1, tmp_path, database)
    listener.stop()
    assert not listener.connected


@pytest.mark.service("mosquitto")
def test_what_came_while_the_node_was_off_comes_afterwards(
    door: Database, tmp_path: Path, sensor: Callable[[int], Post]
) -> None:
    """The broker keeps the session of the house: nothing is lost over a restart, and nothing counts twice."""
    broker = Mosquitto(tmp_path)
    broker.start()
    listener = listener_at(broker.port, tmp_path, door)
    until(lambda: listener.connected)
    post = sensor(broker.port)
    assert post.publish(TOPIC, count("a"))
    until(lambda: stored(door) == 1)
    listener.stop()
    for number in range(5):
        assert post.publish(TOPIC, count(f"off-{number}"))
    again = listener_at(broker.port, tmp_path, door)
    until(lambda: stored(door) == 6)
    again.stop()
    broker.stop()
