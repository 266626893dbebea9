"""The post: letters in both directions, a broker that dies, and a thread that must not."""

import queue
import socket
import threading
from collections.abc import Iterator
from itertools import count

import pytest
from paho.mqtt.enums import MQTTErrorCode

from shared.broker import HOST, EmbeddedBroker, free_port
from shared.errors import ConfigError
from shared.mqtt import Arrival, Broker, Connected, Disconnected, Granted, Letter, Post, are_addresses
from shared.mqtt.client import Client

TIMEOUT_S = 30
_numbers = count()


@pytest.fixture(scope="module", params=["5", "3.1.1"])
def broker(request: pytest.FixtureRequest) -> Iterator[EmbeddedBroker]:
    """An embedded broker of each version of MQTT."""
    with EmbeddedBroker(mqtt=request.param) as running:
        yield running


@pytest.fixture
def place() -> str:
    """A root of topics for one test alone: retained letters outlive their test."""
    return f"t{next(_numbers)}"


class Reader:
    """A post and what it delivered."""

    def __init__(self, broker: EmbeddedBroker, name: str, *topics: str, will: str | None = None) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        said = (lambda: (will, b"gone")) if will else None
        address = Broker(broker.host, broker.port, broker.mqtt)
        self.post = Post(address, name, topics, self.arrivals.put, said)
        self.post.start()

    def next(self, kind: type[Arrival]) -> Arrival:
        """Return the next arrival of `kind`, passing over others."""
        while True:
            arrival = self.arrivals.get(timeout=TIMEOUT_S)
            if isinstance(arrival, kind):
                return arrival


@pytest.fixture
def reader(broker: EmbeddedBroker, place: str) -> Iterator[Reader]:
    """A post that listens to the letters and the state of the test's place, connected."""
    made = Reader(broker, f"reader-{place}", f"{place}/letters", f"{place}/state", will=f"{place}/state")
    assert made.next(Connected) == Connected()
    yield made
    made.post.stop()


def test_a_letter_arrives_as_it_was_sent(reader: Reader, place: str) -> None:
    """Topic and bytes, and that it is fresh."""
    assert reader.post.publish(f"{place}/letters", b"\x00\xff words")
    assert reader.next(Letter) == Letter(f"{place}/letters", b"\x00\xff words")


def test_letters_keep_their_order(reader: Reader, place: str) -> None:
    """The window of the protocol may only grow because the wire does not reorder."""
    for number in range(100):
        assert reader.post.publish(f"{place}/letters", str(number).encode())
    assert [reader.next(Letter).body for _ in range(100)] == [str(number).encode() for number in range(100)]


def test_presence_waits_for_those_who_come_later(broker: EmbeddedBroker, reader: Reader, place: str) -> None:
    """It is retained; who subscribes afterwards is told so."""
    reader.post.publish(f"{place}/state", b"here", presence=True)
    assert reader.next(Letter).body == b"here"
    late = Reader(broker, "late", f"{place}/state")
    assert late.next(Letter) == Letter(f"{place}/state", b"here", retained=True)
    late.post.stop()


def test_a_farewell_is_heard(broker: EmbeddedBroker, reader: Reader, place: str) -> None:
    """A clean end sends no will, so the post says good-bye itself."""
    leaving = Reader(broker, "leaving", f"{place}/else")
    leaving.next(Connected)
    leaving.post.stop((f"{place}/letters", b"bye"))
    assert reader.next(Letter).body == b"bye"


def test_nothing_is_published_while_the_broker_is_away() -> None:
    """What could not be sent is forgotten, not sent later; afterwards the subscriptions are there again."""
    broker = EmbeddedBroker().start()
    try:
        reader = Reader(broker, "reader", "a/letters")
        reader.next(Connected)
        broker.kill()
        reader.next(Disconnected)
        assert not reader.post.connected
        assert not reader.post.publish("a/letters", b"into the void")
        broker.start()
        reader.next(Connected)
        assert reader.post.publish("a/letters", b"again")
        assert reader.next(Letter).body == b"again"
        reader.post.stop()
    finally:
        broker.stop()


def test_a_post_without_a_broker_says_why_and_ends_at_once() -> None:
    """A wrong port is told to the reader each time, and `stop` does not wait for an answer."""
    nobody = EmbeddedBroker(free_port())
    reader = Reader(nobody, "alone", "a/letters")
    assert "refused" in reader.next(Disconnected).reason
    reader.post.stop()
    assert not reader.post._thread.is_alive()


def test_a_broker_that_speaks_nonsense_is_left_and_called_again() -> None:
    """A letter that is longer inside than outside ends the connection, and the next one works."""
    with socket.create_server((HOST, 0)) as listener:
        speaker = threading.Thread(target=_speak_nonsense_once, args=(listener,))
        speaker.start()
        arrivals: queue.Queue[Arrival] = queue.Queue()
        post = Post(Broker(HOST, listener.getsockname()[1]), "patient", ("a",), arrivals.put)
        post.start()
        seen = [arrivals.get(timeout=TIMEOUT_S) for _ in range(3)]
        assert [type(arrival) for arrival in seen] == [Connected, Disconnected, Connected]
        post.stop()
        speaker.join(TIMEOUT_S)


class Mortal(Client):
    """A client whose loop dies of something that nobody foresaw."""

    def _loop(self, timeout: float = 1.0) -> MQTTErrorCode:
        raise ZeroDivisionError


def test_a_thread_that_dies_says_so(caplog) -> None:
    """paho would go on claiming to be connected; the post waits for `ended` instead."""
    client = Mortal("mortal", True)
    client.loop_forever()
    assert client.ended.is_set()
    assert client.why == "ZeroDivisionError"
    assert "thread ended" in caplog.text


def test_a_reader_that_raises_loses_the_letter_not_the_connection(broker: EmbeddedBroker, caplog) -> None:
    """An exception in a callback would end paho's thread while it still claims to be connected."""
    arrivals: queue.Queue[Arrival] = queue.Queue()

    def deliver(arrival: Arrival) -> None:
        if isinstance(arrival, Letter) and arrival.body == b"poison":
            raise ZeroDivisionError
        arrivals.put(arrival)

    post = Post(Broker(broker.host, broker.port, broker.mqtt), "fragile", ("a/fragile",), deliver)
    post.start()
    assert arrivals.get(timeout=TIMEOUT_S) == Connected()
    post.publish("a/fragile", b"poison")
    post.publish("a/fragile", b"bread")
    assert arrivals.get(timeout=TIMEOUT_S) == Letter("a/fragile", b"bread")
    assert "lost in a callback" in caplog.text
    post.stop()


def test_a_password_does_not_show() -> None:
    """The broker's address may land in a log, its password may not."""
    assert "secret" not in repr(Broker("broker.example", 8883, tls=True, user="x", password="secret"))


def test_an_unknown_version_is_refused() -> None:
    """A typing error in a setting is named before anything connects."""
    with pytest.raises(ConfigError, match=r"3\.1\.1"):
        Post(Broker("localhost", 1883, mqtt="4"), "x", (), lambda arrival: None)


def test_the_next_address_is_tried_when_one_does_not_answer(broker: EmbeddedBroker) -> None:
    """Of several machines of a cluster the first may be down."""
    arrivals: queue.Queue[Arrival] = queue.Queue()
    several = Broker(f"{HOST}:{free_port()}, {broker.host}:{broker.port}", 1, broker.mqtt)
    post = Post(several, "wanderer", ("a/wanderer",), arrivals.put)
    post.start()
    assert isinstance(arrivals.get(timeout=TIMEOUT_S), Disconnected)
    assert arrivals.get(timeout=TIMEOUT_S) == Connected()
    post.stop()


def test_whoever_was_stopped_says_nothing_more(broker: EmbeddedBroker, place: str) -> None:
    """Not even that it is disconnected: its owner may have another post by then, and would take it for that one's."""
    reader = Reader(broker, f"leaving-{place}", f"{place}/letters")
    reader.next(Connected)
    reader.post.stop()
    assert not reader.post._thread.is_alive()
    assert reader.arrivals.empty()


def test_subscriptions_change_while_connected(reader: Reader, place: str) -> None:
    """What is new is heard once it is granted, what was taken back is heard no more."""
    assert reader.post.hears(f"{place}/letters")
    reader.post.listen_to((f"{place}/more", f"{place}/state"))
    assert reader.next(Granted) == Granted((f"{place}/more",))
    assert reader.post.hears(f"{place}/more")
    assert not reader.post.hears(f"{place}/letters")
    reader.post.publish(f"{place}/letters", b"unheard")
    reader.post.publish(f"{place}/more", b"heard")
    assert reader.next(Letter).body == b"heard"


@pytest.mark.parametrize("text", ["", "a,", "a b", "host:0", "host:70000", "http://host", "a;b"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """A typing error in broker_host is named before anything connects."""
    assert not are_addresses(text)
    with pytest.raises(ConfigError, match="broker_host"):
        Post(Broker(text, 1883), "x", (), lambda arrival: None)


def test_each_address_may_have_a_port_of_its_own() -> None:
    """Those without take that of the settings."""
    found = Broker("one, two.example:8883, [::1]:99", 1883).addresses
    assert found == (("one", 1883), ("two.example", 8883), ("::1", 99))


def _speak_nonsense_once(listener: socket.socket) -> None:
    """Greet two clients as an MQTT 5 broker; send the first a letter whose topic is longer than it."""
    for after in (b"\x30\x02\x00\x05", b""):
        opened, _ = listener.accept()
        with opened:
            opened.recv(1000)
            opened.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK
            subscribe = opened.recv(1000)
            opened.sendall(b"\x90\x04" + subscribe[2:4] + b"\x00\x01" + after)  # SUBACK for the packet's id
            while opened.recv(1000):
                pass
