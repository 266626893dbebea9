"""`python -m tests.benchmarks.letters`: what a letter of each kind costs the hub's processor, and what a beat costs.

The hub's real courier and simulated centres in one thread, without a broker: what one side says is handed
to the other. Time is that of this thread on the processor, so other work on the machine does not
count; the disk's pauses do not either, and signing and checking is part of it.
"""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hub.app  # noqa: F401 (all tables)
from hub.core.db import LEDGER, Base, open_database
from hub.ingest import Ingest
from hub.themes.service import plant_first_themes
from shared import topics
from shared.mqtt import Letter
from shared.replication.inbox import AT_ONCE
from shared.time import now
from tests.fleet.house import House, Network
from tests.fleet.weekday import Weekday
from tests.linked import CITY, Settings

PORT = 1883  # nobody connects


class Pigeonholes:
    """Where both sides leave letters; it looks like a post to the courier and like a line to a house."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.sent = self.heard = 0

    def publish(self, topic: str, body: bytes, *, presence: bool = False) -> bool:
        self.letters.append(Letter(topic, body, presence))
        return True

    def hears(self, topic: str) -> bool:
        return True

    def listen_to(self, subscriptions: Sequence[str]) -> None: ...

    def taken(self) -> list[Letter]:
        letters, self.letters = self.letters, []
        return letters


class Town:
    """A hub and its centres, in step with each other."""

    def __init__(self, folder: Path, centres: int) -> None:
        self.database = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
        Base.metadata.create_all(self.database.engine)
        LEDGER.watch(self.database)
        self.ingest = Ingest(Settings(PORT, folder / "hub.key"), self.database, LEDGER)
        self.houses = {f"centre-{number}": House(f"centre-{number}", number) for number in range(centres)}
        with self.database.transaction() as session:
            plant_first_themes(session)
            for centre, house in self.houses.items():
                self.ingest.admit(session, centre, centre, house.install.public_key.text, now())
        self.days = {centre: Weekday(house.chance, now()) for centre, house in self.houses.items()}
        self.courier: Any = self.ingest._courier
        self.courier._post, self.courier._connected = Pigeonholes(), True
        self.costs: defaultdict[str, list[float]] = defaultdict(list)

    def timed(self, what: str, act: Callable[[], object], count: int) -> None:
        """Note what `act` costs the processor, for each of `count`."""
        began = time.thread_time()
        act()
        self.costs[what] += [(time.thread_time() - began) / count]

    def meet(self) -> None:
        """Let everybody come online, and exchange letters until nobody has any more to say."""
        network = Network(CITY, "127.0.0.1", PORT, self.ingest.install.public_key)
        for house in self.houses.values():
            house._line = Pigeonholes()  # type: ignore[assignment]
            house.prepare(network)
            house._granted()
        self.exchange("")

    def exchange(self, kind: str) -> None:
        """Carry letters back and forth; those of the first round are of `kind`, '' is of no interest."""
        while letters := [letter for house in self.houses.values() for letter in house._line.taken()]:  # type: ignore[union-attr]
            for first in range(0, len(letters), AT_ONCE):
                some = letters[first : first + AT_ONCE]
                self.timed(kind, lambda some=some: self.courier._read(some), len(some))
            kind = "cursor of a centre" if kind else ""
            for letter in self.courier._post.taken():
                centre = topics.parse(letter.topic).centre
                if centre is not None:
                    self.houses[centre]._letter(letter.topic, letter.body)

    def write(self, records: int) -> None:
        for centre, house in self.houses.items():
            house.online = True
            house.commit([self.days[centre].write(number % 24) for number in range(records)])

    def check(self) -> None:
        """Let every house compare digests."""
        for house in self.houses.values():
            house._say(house._source.wake(house.records, time.monotonic() + 60), topics.out)


async def measured(centres: int, rounds: int) -> dict[str, list[float]]:
    """Return what each kind of letter cost, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), centres)
        town.timed("first beat: opening both feeds of a centre", town.courier._beat, centres)
        town.meet()
        for _ in range(rounds):
            town.timed("a beat with nothing to do, for each centre", town.courier._beat, centres)
            town.write(1)
            town.exchange("batch of 1 record")
            town.write(200)
            town.exchange("batch of a night (up to 128 records)")
            town.check()
            town.exchange("check of digests")
        town.database.dispose()
        return town.costs


def main() -> None:
    """Print the median cost of each kind."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.letters", description=__doc__)
    parser.add_argument("--centres", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for kind, costs in asyncio.run(measured(asked.centres, asked.rounds)).items():
        if kind:
            costs.sort()
            print(f"{kind:45} {costs[len(costs) // 2] * 1e6:8.0f} µs  ({costs[0] * 1e6:.0f} to {costs[-1] * 1e6:.0f})")


if __name__ == "__main__":
    main()
