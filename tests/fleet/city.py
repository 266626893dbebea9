"""The city that a fleet belongs to: a broker, the hub's real processes, and the crews of simulated centres."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from hub.core.db import LEDGER
from hub.ingest import Ingest
from hub.themes.service import plant_first_themes
from shared import topics
from shared.keys import open_install
from shared.time import now
from tests.fleet.crew import Account, Crew, Standing
from tests.fleet.lag import Onlooker
from tests.fleet.meters import BrokerCounts, Watch
from tests.system.brokers import Mosquitto, TestBroker, make_broker
from tests.system.city import CITY, City, Desk

UNBOUNDED = """\
max_queued_messages 0
max_queued_bytes 268435456
max_connections -1
sys_interval 1
"""  # as deploy/mosquitto has it, but for the figures each second
ADMITTED_AT_ONCE = 100


@dataclass(frozen=True)
class Plan:
    """What is to be simulated."""

    centres: int
    crews: int
    broker: str
    hub_url: str = ""


class Fleet:
    """Everything together, running."""

    def __init__(self, plan: Plan, city: City, crews: Sequence[Crew], desks: dict[str, Desk]) -> None:
        self.plan, self.city, self.crews, self.desks = plan, city, crews, desks
        self.onlooker = Onlooker(city.hub_database)
        self.watch = Watch(self._pids())
        self.counts: BrokerCounts | None = None

    def standing(self) -> Standing:
        """Return how all houses stand."""
        parts: list[Standing] = [crew.ask("standing") for crew in self.crews]
        heads = {centre: head for part in parts for centre, head in part.city_heads.items()}
        return Standing(*(sum(part[place] for part in parts) for place in range(4)), heads)  # type: ignore[arg-type]

    def tell(self, order: str, *given: object) -> None:
        """Give every crew the same order."""
        for crew in self.crews:
            crew.ask(order, *given)

    def open(self, spread_s: float) -> None:
        """Let every house come online within `spread_s` seconds."""
        hub_key = open_install(self.city.hub_config.key_file).public_key.text
        self.tell("open", CITY, self.city.broker.host, self.city.broker.port, hub_key, spread_s)

    def accounts(self) -> dict[str, Account]:
        """Return the account of every house."""
        return {centre: account for crew in self.crews for centre, account in crew.ask("accounts").items()}

    def online_at_hub(self) -> int:
        """Return how many centres the hub believes to be there."""
        return self._count("SELECT count(*) FROM members WHERE online")

    def set_aside(self) -> int:
        """Return how many records the hub took and could not show, and messages that it refused."""
        records = self._count("SELECT count(*) FROM replica_records WHERE status <> 'ok'")
        return records + self._count("SELECT coalesce(sum(count), 0) FROM rejected_messages")

    def city_heads(self) -> dict[str, int]:
        """Return the head of the city's feed for every centre."""
        with self.city.hub_database.reading() as session:
            rows = session.execute(text("SELECT name, head FROM feeds")).all()
        return {topics.centre_of(name): head for name, head in rows}

    def replace_broker(self) -> None:
        """Put an empty one in the place of the one that was killed."""
        self.city.broker.start()
        self.watch.pids = self._pids()

    def crews_spent_s(self) -> float:
        """Return the processor time that the simulated centres took so far."""
        return sum(crew.ask("spent_s") for crew in self.crews)

    def _pids(self) -> dict[str, int]:
        pids = {name: desk._child.pid for name, desk in self.desks.items() if desk._child is not None}
        broker: int | None = getattr(self.city.broker, "pid", None)
        return pids | ({"broker": broker} if broker else {})

    def _count(self, query: str) -> int:
        with self.city.hub_database.reading() as session:
            return int(session.scalar(text(query)) or 0)


@contextmanager
def running_fleet(folder: Path, plan: Plan) -> Iterator[Fleet]:
    """Start a broker, crews and hub for `plan`, every centre admitted and still offline; end everything afterwards."""
    with ExitStack() as stack:
        broker = _broker(plan, folder)
        broker.start()
        stack.callback(broker.stop)
        city = City(folder, broker, plan.hub_url)
        stack.callback(city.hub_database.dispose)
        members = [(f"centre-{number}", number) for number in range(plan.centres)]
        shares = [members[first :: plan.crews] for first in range(plan.crews)]
        crews = [stack.enter_context(Crew(share, now())) for share in shares if share]
        _admit(city, {centre: key for crew in crews for centre, key in crew.ask("keys").items()})
        desks = {}
        for name in ("ingest", "web"):
            desks[name] = Desk("hub", city.hub.settings, city.hub.port, name)
            desks[name].start()
            stack.callback(desks[name].stop)
        fleet = Fleet(plan, city, crews, desks)
        for thread in (fleet.onlooker, fleet.watch):
            thread.start()
            stack.callback(thread.stop)
        if isinstance(broker, Mosquitto):
            fleet.counts = stack.enter_context(BrokerCounts(broker.host, broker.port))
        yield fleet


def _broker(plan: Plan, folder: Path) -> TestBroker:
    return Mosquitto(folder, UNBOUNDED) if plan.broker == "mosquitto" else make_broker(plan.broker, folder)


def _admit(city: City, keys: dict[str, str]) -> None:
    """Let every centre in, and give the city its themes: there is something to send on the first day."""
    ingest = Ingest(city.hub_config, city.hub_database, LEDGER)
    with city.hub_database.transaction() as session:
        plant_first_themes(session)
    listed = sorted(keys.items())
    for first in range(0, len(listed), ADMITTED_AT_ONCE):
        with city.hub_database.transaction() as session:
            for centre, key in listed[first : first + ADMITTED_AT_ONCE]:
                ingest.admit(session, centre, centre, key, now())


def crews_for(centres: int) -> int:
    """Return in how many processes the centres live: a few hundred each, and not more than the machine has cores."""
    return max(1, min(os.cpu_count() or 1, -(-centres // 300)))
