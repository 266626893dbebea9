"""One simulated centre: the real `Source` and `Replica`, real signatures, its own connection to the broker.

Rule: everything another computer could see of it is what a real centre sends; only the ledger is light.
What it promises the machines is what `shared.replication.courier` promises them.
"""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared import topics
from shared.keys import Install, PublicKey
from shared.mqtt.post import RECONNECT_MAX_S, RECONNECT_MIN_S
from shared.replication import wire
from shared.replication.messages import Cursor, Message, Position
from shared.replication.presence import Herald, read_presence
from shared.replication.program import Program
from shared.replication.replica import Replica
from shared.replication.source import Source
from shared.time import now as wall_clock
from tests.fleet.ledgers import CityRecords, HouseRecords
from tests.fleet.mqtt import Line
from tests.simulation.memory import Key

PROGRAM = Program("0.1.0", "0012", {"events": 2, "visits": 1})


class Network(NamedTuple):
    """Where the hub and its broker are."""

    city: str
    host: str
    port: int
    hub_key: PublicKey


class Commit(NamedTuple):
    """A revision of a house, and when its transaction was over on the machine's one clock."""

    revision: int
    at: float


class House:
    """A centre. `open` joins it to the network and keeps it there until `close`."""

    def __init__(self, centre_id: str, seed: int) -> None:
        chance = random.Random(seed)
        self.id, self.chance = centre_id, chance
        self.install = Install(f"{chance.getrandbits(64):016x}", f"{chance.getrandbits(48):012x}", chance.randbytes(32))
        self.records, self.city_records = HouseRecords(seed), CityRecords()
        self._source = Source(topics.node_feed(centre_id), self.install.instance)
        self._replica = Replica(topics.hub_feed(centre_id), self.install.instance, secrets.token_hex(8))
        self._line: Line | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._staying: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self.online = False
        self.in_touch = False  # whether the hub has answered since the connection stands
        self.commits: list[Commit] = []
        self.sent = self.heard = 0
        self.arrived: dict[str, float] = {}  # when a record of the city stood here for the first time

    @property
    def is_behind(self) -> bool:
        """Whether the hub has yet to confirm something."""
        return self.records.acknowledged != self.records.head

    @property
    def city_head(self) -> Position:
        return self.city_records.standing.position

    def open(self, network: Network, after_s: float = 0.0) -> None:
        """Come online in a moment, and again whenever the connection is lost."""
        self.prepare(network)
        self._staying = asyncio.create_task(self._stay(after_s))

    def prepare(self, network: Network) -> None:
        """Know where the hub is."""
        self._network = network
        self._herald = Herald(topics.node_state(network.city, self.id), self.install, wall_clock, PROGRAM)

    async def close(self) -> None:
        """Say good-bye, as a house does that is switched off for the night."""
        staying, self._staying = self._staying, None
        if staying is not None:
            if self._line is not None and self.online:
                self._line.publish(*self._herald.letter(False), presence=True)
                self._line.say_goodbye()
            staying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await staying
        self._gone()

    def commit(self, writes: Sequence[tuple[Key, str | None]]) -> None:
        """Write records; they travel at once if the house is online."""
        self.records.write(writes)
        self.commits.append(Commit(self.records.head.revision, time.monotonic()))
        if self.online:
            self._say(self._source.wake(self.records, time.monotonic()), topics.out)

    # --- the connection ----------------------------------------------------------------------

    async def _stay(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        pause_s = RECONNECT_MIN_S
        while True:
            self._ended.clear()
            with contextlib.suppress(OSError):
                loop = asyncio.get_running_loop()
                await loop.create_connection(self._new_line, self._network.host, self._network.port)
                await self._ended.wait()
                pause_s = RECONNECT_MIN_S / 2
            pause_s = min(pause_s * 2, RECONNECT_MAX_S)
            await asyncio.sleep(pause_s * self.chance.uniform(0.5, 1.0))

    def _new_line(self) -> Line:
        city = self._network.city
        self._line = Line(
            f"stadtherz-{city}-node-{self.id}",
            topics.node_subscriptions(city, self.id),
            self._herald.letter(False),
            granted=self._granted,
            letter=self._letter,
            lost=self._lost,
        )
        return self._line

    def _granted(self) -> None:
        assert self._line is not None
        self.online = True
        self._line.publish(*self._herald.letter(True), presence=True)
        now = time.monotonic()
        self._say(self._source.connected(secrets.token_hex(8), self.records, now), topics.out)
        self._say(self._replica.connected(self.city_records, now), topics.ack)

    def _lost(self) -> None:
        self._gone()
        self._ended.set()

    def _gone(self) -> None:
        self.online = False
        self.in_touch = False
        if self._line is not None:
            self.sent, self.heard = self.sent + self._line.sent, self.heard + self._line.heard
            self._line = None
        if self._timer is not None:
            self._timer.cancel()
        self._source.disconnected()
        self._replica.disconnected()

    # --- the machines ------------------------------------------------------------------------

    def _letter(self, topic: str, body: bytes) -> None:
        read = topics.parse(topic)
        if read.channel == "state":
            if topic == topics.node_state(self._network.city, self.id):
                self._read_own_presence(body, topic)
            return
        message = wire.decode(body, topic, self._network.hub_key)
        if isinstance(message, Cursor):
            self.in_touch = True
            self._say(self._source.receive(message, self.records, time.monotonic()), topics.out)
        else:
            self._say(self._replica.receive(message, self.city_records, time.monotonic()), topics.ack)
            self._note_arrivals()

    def _read_own_presence(self, body: bytes, topic: str) -> None:
        """Say again that this house is here, where the will of an earlier connection came late."""
        presence = read_presence(body, topic, self.install.public_key)
        if self._line is not None and not presence.online and presence.instance == self.install.instance:
            self._line.publish(*self._herald.letter(True), presence=True)

    def _note_arrivals(self) -> None:
        at = time.monotonic()
        for _, record_id in reversed(self.city_records.rows):
            if record_id in self.arrived:
                break
            self.arrived[record_id] = at

    def _say(self, messages: Sequence[Message], channel: Callable[[str, str], str]) -> None:
        for message in messages:
            if self._line is not None:
                topic = channel(self._network.city, message.feed)
                self._line.publish(topic, wire.encode(message, topic, self.install))
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = [at for at in (self._source.due(), self._replica.due()) if at is not None]
        if due and self.online:
            pause_s = max(0.0, min(due) - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(pause_s, self._wake)

    def _wake(self) -> None:
        now = time.monotonic()
        self._say(self._source.wake(self.records, now), topics.out)
        self._say(self._replica.wake(self.city_records, now), topics.ack)
