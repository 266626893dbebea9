"""A broker that is the enemy: everything that a hub and a centre hear passes through its hands.

It forges, alters, drops, keeps back, shuffles, doubles, sends by other topics, and plays whole sessions of
before again, while both sides work, restart, purge, and one of them comes back from a backup. Nothing
changes but that things take longer; when it has calmed down both sides hold the same.

`STADTHERZ_HOSTILE_S=600` makes a long run of it.
"""

import os
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from hub.core.db import LEDGER as HUB_LEDGER
from hub.network import members
from hub.spaces.models import Space as SpaceThere
from node.core.db import LEDGER as NODE_LEDGER
from node.link.models import HubTrust
from node.spaces.models import Space
from shared import topics
from shared.broker import EmbeddedBroker
from shared.keys import Install, PublicKey, begin_rotation, open_install
from shared.mqtt import Arrival, Broker, Letter, Post
from shared.replication.envelope import seal
from tests.linked import CITY, LinkedCentre, LinkedHub, within

HOSTILE_S = float(os.environ.get("STADTHERZ_HOSTILE_S", "20"))
ROUNDS_MIN = 70  # on a slow machine too everything happens once
CENTRE = "alt-hamborn"
OF_THE_CENTRE = (topics.out(CITY, f"node/{CENTRE}"), topics.ack(CITY, f"hub/{CENTRE}"), topics.node_state(CITY, CENTRE))
OF_THE_HUB = (topics.out(CITY, f"hub/{CENTRE}"), topics.ack(CITY, f"node/{CENTRE}"), topics.hub_state(CITY))
SESSION_LENGTH_MAX = 60  # letters of one replay


class Hands:
    """The enemy's hands: between the broker of the hub and that of the centre nothing passes but through them."""

    def __init__(self, at_hub: EmbeddedBroker, at_centre: EmbeddedBroker, key: Install) -> None:
        self.chance, self.key = random.Random(5), key
        self.done: Counter[str] = Counter()
        self.archive: list[Letter] = []
        self._held: list[tuple[Post, Letter]] = []
        self._seen: set[bytes] = set()
        self._lock = threading.Lock()
        self._calm = self.pause = threading.Event()
        self._to_hub = Post(Broker(at_hub.host, at_hub.port), "hands-hub", OF_THE_HUB, self._from_hub)
        self._to_centre = Post(Broker(at_centre.host, at_centre.port), "hands-centre", OF_THE_CENTRE, self._from_centre)
        self._thread = threading.Thread(target=self._mischief, daemon=True)

    def start(self) -> None:
        for post in (self._to_hub, self._to_centre):
            post.start()
            within(60, lambda post=post: post.connected)
        self._thread.start()

    def calm_down(self) -> None:
        """Be an honest carrier from now on; what was kept back arrives late, but arrives."""
        self._calm.set()
        self._thread.join()
        with self._lock:
            held, self._held = self._held, []
        for post, letter in held:
            self._pass_on(post, letter.topic, letter.body)

    def stop(self) -> None:
        self._calm.set()
        for post in (self._to_hub, self._to_centre):
            post.stop()

    def _from_hub(self, arrival: Arrival) -> None:
        self._take(arrival, self._to_centre)

    def _from_centre(self, arrival: Arrival) -> None:
        self._take(arrival, self._to_hub)

    def _take(self, arrival: Arrival, onward: Post) -> None:
        """Called in a post's thread with everything that is said, and with what we said ourselves."""
        if not isinstance(arrival, Letter):
            return
        with self._lock:
            if arrival.body in self._seen:
                return
            self._seen.add(arrival.body)
            self.archive.append(arrival)
        if self._calm.is_set():
            self._pass_on(onward, arrival.topic, arrival.body)
        else:
            self._mistreat(arrival, onward)

    def _mistreat(self, letter: Letter, onward: Post) -> None:
        luck = self.chance.random()
        if luck < 0.15:
            self.done["dropped"] += 1
        elif luck < 0.30:
            self.done["kept back"] += 1
            with self._lock:
                self._held.append((onward, letter))
        else:
            if luck < 0.45:
                self.done["doubled"] += 1
                self._pass_on(onward, letter.topic, letter.body)
            if luck > 0.85:
                self.done["altered"] += 1
                self._pass_on(onward, letter.topic, self._altered(letter.body))
            self._pass_on(onward, letter.topic, letter.body)

    def _altered(self, body: bytes) -> bytes:
        changed = bytearray(body)
        for _ in range(self.chance.randint(1, 5)):
            changed[self.chance.randrange(len(changed))] = self.chance.randrange(256)
        return bytes(changed[: self.chance.choice((None, len(changed) // 2))])

    def _mischief(self) -> None:
        """What an enemy does by itself, all the time."""
        while not self._calm.wait(0.05):
            if self.archive:
                self.chance.choice((self._replay, self._replay, self._swap, self._forge, self._release))()

    def _replay(self) -> None:
        """Play a stretch of what was ever said again, to both, in its order or not."""
        with self._lock:
            start = self.chance.randrange(len(self.archive))
            stretch = self.archive[start : start + self.chance.randint(1, SESSION_LENGTH_MAX)]
        if self.chance.random() < 0.3:
            self.chance.shuffle(stretch)
        for letter in stretch:
            self.done["replayed"] += 1
            self._pass_on(self._to_hub if letter.topic in OF_THE_CENTRE else self._to_centre, letter.topic, letter.body)

    def _swap(self) -> None:
        """Send a true letter by a topic that it was not written for."""
        letter = self.chance.choice(self.archive)
        self.done["by another topic"] += 1
        topic = self.chance.choice(OF_THE_CENTRE + OF_THE_HUB)
        if topic != letter.topic:
            for post in (self._to_hub, self._to_centre):
                self._pass_on(post, topic, letter.body)

    def _forge(self) -> None:
        """Sign words of our own, for a topic that is right, with a key that is not."""
        self.done["forged"] += 1
        topic = self.chance.choice(OF_THE_CENTRE + OF_THE_HUB)
        text = b'{"specversion":"1.0","type":"de.stadtherz.replication.batch.v1","data":{}}'
        lineage = self.key.lineage if topic.endswith("/state") else b""
        for post in (self._to_hub, self._to_centre):
            self._pass_on(post, topic, seal(text, topic, self.key, lineage))

    def _release(self) -> None:
        """Let go of something that was kept back, the last perhaps before the first."""
        with self._lock:
            if not self._held:
                return
            post, letter = self._held.pop(self.chance.randrange(len(self._held)))
        self._pass_on(post, letter.topic, letter.body)

    def _pass_on(self, post: Post, topic: str, body: bytes) -> None:
        with self._lock:
            self._seen.add(body)
        post.publish(topic, body, presence=topic.endswith("/state"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[LinkedHub, LinkedCentre, Hands]]:
    """A hub at one broker, a centre at another, and the enemy in between."""
    with EmbeddedBroker() as at_hub, EmbeddedBroker() as at_centre:
        hub_half = LinkedHub(tmp_path, at_hub)
        away = SimpleNamespace(folder=tmp_path, ingest=hub_half.ingest, broker=at_centre)
        centre = LinkedCentre(away, CENTRE)
        hub_half.admit(centre)
        hands = Hands(at_hub, at_centre, open_install(tmp_path / "enemy.key"))
        hands.start()
        yield hub_half, centre, hands
        hands.stop()


class House:
    """The people of the centre: they write, change, delete, restart, tidy, and once put a backup back."""

    def __init__(self, centre: LinkedCentre) -> None:
        self.centre, self.chance = centre, random.Random(9)
        self.names: set[str] = set()
        self.restored = False

    def start(self) -> None:
        self.centre.link.start()

    def stop(self) -> None:
        self.centre.link.stop()
        self.centre.database.dispose()

    def work(self) -> None:
        """Add one, change one, delete one now and then."""
        with self.centre.database.transaction() as session:
            found = list(session.scalars(select(Space).order_by(Space.id)))
            self.names.add(name := f"Raum {len(self.names)}")
            session.add(Space(name=name, kind="kitchen"))
            if found:
                self.names.add(changed := f"Raum {len(self.names)}")
                self.chance.choice(found).name = changed
            if len(found) > 10:
                session.delete(self.chance.choice(found))

    def tidy(self) -> None:
        """Purge what the hub has acknowledged, as each night."""
        with self.centre.database.transaction() as session:
            half = NODE_LEDGER.source(session, self.centre.feed)
            half.purge()

    def restart(self, copy: Path | None = None) -> None:
        """Start the centre anew, from a copy of its database if there is one."""
        self.stop()
        if copy is not None:
            path = Path(str(self.centre.database.url.database))
            for old in path.parent.glob(f"{path.name}*"):
                old.unlink()
            copy.rename(path)
            self.restored = True
        self.centre = LinkedCentre.again(self.centre)
        self.start()

    def backup(self, to: Path) -> Path:
        """Copy the database by the backup API."""
        here, there = sqlite3.connect(str(self.centre.database.url.database)), sqlite3.connect(to)
        here.backup(there)
        here.close()
        there.close()
        return to

    def rooms(self) -> dict[str, str]:
        with self.centre.database.reading() as session:
            return {space.id: space.name for space in session.scalars(select(Space))}


def rooms_at(hub_half: LinkedHub) -> dict[str, str]:
    """Return the rooms of the centre as the hub shows them."""
    with hub_half.database.reading() as session:
        return {space.id: space.name for space in session.scalars(select(SpaceThere))}


def agree(hub_half: LinkedHub, house: House) -> bool:
    """Tell whether both stand at the head of both feeds with equal digests."""
    with house.centre.database.reading() as here, hub_half.database.reading() as there:
        pairs = [
            (NODE_LEDGER.source(here, house.centre.feed), HUB_LEDGER.replica(there, house.centre.feed)),
            (HUB_LEDGER.source(there, f"hub/{CENTRE}"), NODE_LEDGER.replica(here, f"hub/{CENTRE}")),
        ]
        return all(
            replica.state().stands_at(source.state().head)
            and replica.state().walk is None
            and dict(source.digests()) == dict(replica.digests())
            for source, replica in pairs
        )


def newest_of(hub_half: LinkedHub, house: House) -> PublicKey | None:
    """Return the key of the hub if the house believes it and the hub has no other one any more."""
    key = open_install(hub_half.folder / "hub.key").public_key
    with house.centre.database.reading() as session:
        trust = session.get(HubTrust, 1)
    return key if trust is not None and (trust.believed_key, trust.next_key) == (key.text, None) else None


def keys_at(hub_half: LinkedHub) -> tuple[str, str | None]:
    """Return the key by which the hub knows the centre, and the one that is to follow."""
    with hub_half.database.reading() as session:
        member = members.get_member(session, CENTRE)
        return member.public_key, member.next_key


def test_a_hostile_broker_costs_nothing_but_time(scene: tuple[LinkedHub, LinkedCentre, Hands], tmp_path: Path) -> None:
    """Work, restarts, purges, a restored backup, new keys: in the end both hold the same, and only truths."""
    hub_half, centre, hands = scene
    house = House(centre)
    hub_half.ingest.start()
    house.start()
    began = time.monotonic()
    copy, titles, keys = None, [], []
    rounds = 0
    while time.monotonic() - began < HOSTILE_S or rounds < ROUNDS_MIN:
        rounds += 1
        house.work()
        if rounds % 10 == 0:
            titles.append(f"Meldung {rounds}")
            hub_half.announce(titles[-1])
            house.tidy()
        if rounds == 30:
            keys = [begin_rotation(file).next_key for file in (house.centre.settings.key_file, tmp_path / "hub.key")]
        if rounds % 60 == 20:
            copy = house.backup(tmp_path / "copy.sqlite")
        elif rounds % 60 == 40 and not house.restored:
            house.restart(copy)
        elif rounds % 60 == 0:
            house.restart()
        hands.pause.wait(0.1)  # people are not that fast
        assert set(rooms_at(hub_half).values()) <= house.names
    hands.calm_down()
    within(120, lambda: agree(hub_half, house))
    within(150, lambda: keys == [open_install(house.centre.settings.key_file).public_key, newest_of(hub_half, house)])
    within(60, lambda: agree(hub_half, house))
    within(60, lambda: keys_at(hub_half) == (keys[0].text, None))
    assert rooms_at(hub_half) == house.rooms()
    assert sorted(house.centre.announcements()) == sorted(titles)
    with hub_half.database.reading() as session:
        member = members.get_member(session, CENTRE)
        assert (member.instance, member.rival_instance) == (house.centre.link.install.instance, None)
        assert member.twin_at is None
    assert {"wrong signature", "speaks for another feed"} & {reason for _, reason in hub_half.rejections()}
    kinds = {"dropped", "kept back", "doubled", "altered", "replayed", "by another topic", "forged"}
    assert {kind for kind, times in hands.done.items() if times > 3} == kinds, hands.done
    house.stop()
    hub_half.ingest.stop()
    hub_half.database.dispose()
