"""Somebody who has got into the broker: the hub stays up, changes nothing, and can say what came.

`STADTHERZ_HOSTILE=1000000` makes a long run of it.
"""

import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import orjson
import pytest

from hub.ingest import HubOffice
from hub.ingest.whole import Whole
from hub.network.models import RejectedMessage
from shared import topics
from shared.broker import EmbeddedBroker
from shared.ids import new_id
from shared.keys import Install, open_install
from shared.mqtt import Arrival, Broker, Letter, Post
from shared.replication import envelope
from shared.replication.messages import START, Batch, Change, Generation, Hello, Operation, Position
from shared.replication.rejections import Rejections
from shared.replication.wire import decode, encode
from tests.linked import CITY, LinkedCentre, LinkedHub, linked_pair, within

MESSAGES = int(os.environ.get("STADTHERZ_HOSTILE", "3000"))
AT_ONCE = 200
VICTIM, UNKNOWN = "node/alt-hamborn", "node/nowhere"
UP = topics.out(CITY, VICTIM)


class Intruder:
    """Hears everything on the wire and sends what it likes, without any member's key."""

    def __init__(self, broker: EmbeddedBroker, key: Install) -> None:
        self.overheard: list[Letter] = []
        self.key = key
        self.post = Post(Broker(broker.host, broker.port), "intruder", (f"{topics.ROOT}/#",), self._hear)
        self.post.start()
        within(60, lambda: self.post.connected)

    def _hear(self, arrival: Arrival) -> None:
        if isinstance(arrival, Letter):
            self.overheard.append(arrival)

    def replayable(self) -> list[Letter]:
        """Return what members and the hub have really said, feeds only."""
        return [letter for letter in list(self.overheard) if not letter.topic.endswith("/state")]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[LinkedHub, LinkedCentre, LinkedCentre, Intruder]]:
    """A hub with two centres whose records have arrived, and an intruder at the broker."""
    with EmbeddedBroker() as broker, linked_pair(tmp_path, broker) as (hub_half, centre):
        intruder = Intruder(broker, open_install(tmp_path / "intruder.key"))
        insider = LinkedCentre(hub_half, "marxloh")
        hub_half.admit(insider)
        insider.link.start()
        for each in (centre, insider):
            each.add_spaces(20)
        within(60, lambda: all(hub_half.spaces(each) == 20 for each in (centre, insider)))
        within(60, lambda: len(intruder.replayable()) > 4)
        yield hub_half, centre, insider, intruder
        intruder.post.stop()
        insider.link.stop()
        insider.database.dispose()


def forged_batch(feed: str, instance: str, *, generation: Generation, after: Position = START) -> Batch:
    """Return a batch that would write a space, if anybody believed it."""
    payload = orjson.dumps({"name": "Falsch", "kind": "kitchen"}).decode()
    change = Change("spaces", new_id(), after.revision + 1, Operation.PUT, 1, "0" * 32, payload)
    head = Position(after.revision + 1, 1)
    return Batch(feed, instance, "nonce", generation, after, head, head, 0, (change,))


def records(hub_half: LinkedHub) -> list[tuple]:
    """Return every record that came from a centre, as it stands in the ledger."""
    with hub_half.database.reading() as session:
        table = hub_half.ingest._ledger.shelves.replica.records
        return sorted(tuple(row) for row in session.execute(table.select()))


def test_nothing_an_intruder_sends_changes_a_record(
    scene: tuple[LinkedHub, LinkedCentre, LinkedCentre, Intruder],
) -> None:
    """Malformed, cut, oversized, unsigned, wrongly signed, replayed, misdirected: thousands of them, mixed."""
    hub_half, centre, insider, intruder = scene
    chance = random.Random(3)
    before = records(hub_half)
    kinds = hostile_kinds(intruder, centre, chance)
    for number in range(MESSAGES):
        topic, body = chance.choice(kinds)()
        within(60, partial(intruder.post.publish, topic, body))
        if number % AT_ONCE == 0:
            within(60, lambda: hub_half.ingest._courier._inbox._bytes == 0)  # none is dropped for want of room
    centre.add_spaces(1)
    within(60, lambda: hub_half.spaces(centre) == 21)
    assert hub_half.ingest._courier.alive
    after = records(hub_half)
    assert [row for row in after if row in before] == before
    assert len(after) == len(before) + 1
    within(60, lambda: {reason for _, reason in hub_half.rejections()} >= EXPECTED)
    assert hub_half.spaces(insider) == 20


EXPECTED = {
    "too large",
    "not a message of this network",
    "wrong signature",
    "unknown protocol version",
    "not a member of this network",
}


def hostile_kinds(
    intruder: Intruder, centre: LinkedCentre, chance: random.Random
) -> list[Callable[[], tuple[str, bytes]]]:
    """Return the ways in which the intruder makes a letter."""
    said = intruder.replayable()
    state = topics.node_state(CITY, centre.id)
    forged = forged_batch(VICTIM, centre.link.install.instance, generation=Generation(99, "x"))
    hello = Hello(VICTIM, centre.link.install.instance, "n", Generation(99, "x"), Position(9, 9), 0)

    def mutated() -> tuple[str, bytes]:
        letter = chance.choice(said)
        body = bytearray(letter.body)
        for _ in range(chance.randint(1, 8)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return letter.topic, bytes(body)

    def replayed() -> tuple[str, bytes]:
        letter = chance.choice(said)
        return letter.topic, letter.body

    def misdirected() -> tuple[str, bytes]:
        return chance.choice((UP, topics.ack(CITY, "hub/marxloh"))), chance.choice(said).body

    def cut() -> tuple[str, bytes]:
        letter = chance.choice(said)
        return letter.topic, letter.body[: chance.randrange(len(letter.body))]

    return [
        mutated,
        replayed,
        misdirected,
        cut,
        lambda: (UP, chance.randbytes(chance.randrange(2_000))),
        lambda: (UP, b"SH\x07\x00" + chance.randbytes(100)),
        lambda: (UP, b"SH\x01\x01" + bytes(envelope.WIRE_BYTES_MAX)) if chance.random() < 0.05 else (UP, b""),
        lambda: (UP, encode(forged, UP, intruder.key)),
        lambda: (UP, encode(hello, UP, intruder.key)),
        lambda: (topics.out(CITY, UNKNOWN), encode(forged, UP, intruder.key)),
        lambda: (state, b"offline"),
        lambda: (f"{topics.ROOT}/{CITY}/node/{chance.randrange(10**6)}/out", b"x"),
    ]


def test_a_member_cannot_speak_for_another(scene: tuple[LinkedHub, LinkedCentre, LinkedCentre, Intruder]) -> None:
    """A centre's own key opens nothing but its own feeds, even where it writes the other's name inside."""
    hub_half, centre, insider, intruder = scene
    before = records(hub_half)
    generation = Generation(1, "x")
    for_other = forged_batch(VICTIM, centre.link.install.instance, generation=generation)
    own_topic = topics.out(CITY, insider.feed)
    intruder.post.publish(UP, encode(for_other, UP, insider.link.install))
    intruder.post.publish(own_topic, encode(for_other, own_topic, insider.link.install))
    within(60, lambda: (UP, "wrong signature") in hub_half.rejections())
    within(60, lambda: (own_topic, "speaks for another feed") in hub_half.rejections())
    assert records(hub_half) == before


def test_the_city_cannot_be_played_either(scene: tuple[LinkedHub, LinkedCentre, LinkedCentre, Intruder]) -> None:
    """A centre believes the hub's key alone: forged announcements are set aside and shown there."""
    hub_half, centre, _, intruder = scene
    down = topics.out(CITY, f"hub/{centre.id}")
    payload = orjson.dumps({"title": "Falsch"}).decode()
    change = Change("announcements", new_id(), 1, Operation.PUT, 1, "0" * 32, payload)
    head = Position(1, 1)
    batch = Batch(f"hub/{centre.id}", "i", "n", Generation(1, "g"), START, head, head, 0, (change,))
    intruder.post.publish(down, encode(batch, down, intruder.key))
    hub_half.announce("Echt")
    within(60, lambda: centre.announcements() == ["Echt"])


def test_a_member_that_lies_within_its_feed_harms_only_itself(
    scene: tuple[LinkedHub, LinkedCentre, LinkedCentre, Intruder],
) -> None:
    """Rightly signed nonsense of a bound installation is set aside; the other centres go on."""
    hub_half, centre, insider, intruder = scene
    install, topic = insider.link.install, topics.out(CITY, insider.feed)
    insider.link.stop()
    said = [letter for letter in intruder.replayable() if letter.topic == topic]
    generation = decode(said[-1].body, topic, install.public_key).generation
    lies = [
        forged_batch(insider.feed, install.instance, generation=generation, after=Position(20, 1)),
        forged_batch(insider.feed, install.instance, generation=Generation(2**63 - 1, "x" * 64)),
        Hello(insider.feed, install.instance, "n", generation, Position(2**63 - 1, 2**63 - 1), 2**63 - 1),
    ]
    for lie in lies:
        intruder.post.publish(topic, encode(lie, topic, install))
    intruder.post.publish(topic, envelope.seal(b"[" * 100_000, topic, install))
    within(60, lambda: (topic, "not JSON") in hub_half.rejections())
    centre.add_spaces(1)
    within(60, lambda: hub_half.spaces(centre) == 21)
    assert hub_half.spaces(insider) == 20


def test_presence_of_a_stranger_is_not_believed(tmp_path: Path) -> None:
    """The office names no key for a centre that is no member."""
    hub_half = LinkedHub(tmp_path, EmbeddedBroker())
    ingest = hub_half.ingest
    office = HubOffice(CITY, ingest._ledger, Rejections(RejectedMessage), ingest.install, Whole())
    with pytest.raises(envelope.WireError) as refused:
        office.author(topics.parse(topics.node_state(CITY, "nowhere")))
    assert refused.value.reason == envelope.Rejection.NOT_A_MEMBER
