"""A hub's ingest and centres' links in one process, over a real broker, on real databases.

For tests and benchmarks that look inside; whole processes are in `tests/system`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

import hub.announcements.models
import hub.app
import hub.spaces.models
import node.announcements.models
import node.app
import node.spaces.models
from hub.core.db import LEDGER as HUB_LEDGER
from hub.core.db import Base as HubBase
from hub.ingest import Ingest
from hub.network.links import CentreLink
from hub.network.models import RejectedMessage
from node.core.db import LEDGER as NODE_LEDGER
from node.core.db import Base as NodeBase
from node.link import Link, LinkStatus
from shared import topics
from shared.database import Database
from shared.time import now
from tests.system.brokers import TestBroker

CITY = "duisburg"


@dataclass
class Settings:
    """What link and ingest want to know."""

    broker_port: int
    key_file: Path
    centre_id: str = ""
    hub_public_key: str = ""
    city: str = CITY
    broker_host: str = "127.0.0.1"
    broker_mqtt: str = "5"
    broker_tls: bool = False
    broker_ca_file: str = ""
    broker_user: str = ""
    broker_password: str = ""

    @property
    def link_file(self) -> Path:
        return self.key_file.with_suffix(".toml")

    @property
    def sealing_file(self) -> Path:
        return self.key_file.with_suffix(".sealing")


def settings_for(broker: TestBroker, key_file: Path, centre_id: str = "", hub_public_key: str = "") -> Settings:
    """Return the settings of one side at `broker`."""
    return Settings(broker.port, key_file, centre_id, hub_public_key, broker_host=broker.host, broker_mqtt=broker.mqtt)


class LinkedHub:
    """The hub's half: `start` and `stop` are the test's to call."""

    def __init__(self, folder: Path, broker: TestBroker, url: str = "") -> None:
        self.folder, self.broker = folder, broker
        self.database = Database(url or f"sqlite:///{folder / 'hub.sqlite'}")
        HubBase.metadata.create_all(self.database.engine)
        HUB_LEDGER.watch(self.database)
        self.ingest = Ingest(settings_for(broker, folder / "hub.key"), self.database, HUB_LEDGER)

    @classmethod
    def again(cls, before: "LinkedHub") -> "LinkedHub":
        """Return the same hub, started anew from its files; the one before was stopped."""
        return cls(before.folder, before.broker, before.database.url.render_as_string(hide_password=False))

    def admit(self, centre: "LinkedCentre") -> None:
        """Let a centre in, with its real key."""
        with self.database.transaction() as session:
            self.ingest.admit(session, centre.id, centre.id, centre.link.install.public_key.text, now())

    def spaces(self, centre: "LinkedCentre") -> int:
        """Return how many spaces of `centre` the hub shows."""
        space = hub.spaces.models.Space
        with self.database.reading() as session:
            found = session.scalar(select(func.count()).select_from(space).where(space.centre_id == centre.id))
        return found or 0

    def announce(self, title: str) -> None:
        """Write an announcement for every centre."""
        with self.database.transaction() as session:
            session.add(hub.announcements.models.Announcement(title=title, shows_from=now()))

    def link_of(self, centre: "LinkedCentre") -> CentreLink:
        """Return how the link of `centre` stands, as the network page shows it."""
        with self.database.reading() as session:
            return next(link for link in self.ingest.network_state(session, now()) if link.centre_id == centre.id)

    def rejections(self) -> dict[tuple[str, str], int]:
        """Return how often what was set aside, by topic and reason."""
        with self.database.reading() as session:
            return {(row.topic, row.reason): row.count for row in session.scalars(select(RejectedMessage))}


class LinkedCentre:
    """A centre's half: `start` and `stop` are the test's to call."""

    def __init__(
        self, hub_half: LinkedHub, centre_id: str, database: Database | None = None, key: str = "", hub_key: str = ""
    ) -> None:
        self.id, self.feed, self._hub_half = centre_id, topics.node_feed(centre_id), hub_half
        self.database = database or Database(f"sqlite:///{hub_half.folder / f'{centre_id}.sqlite'}")
        if database is None:
            NodeBase.metadata.create_all(self.database.engine)
            NODE_LEDGER.watch(self.database)
        key_file = hub_half.folder / (key or f"{centre_id}.key")
        hub_key = hub_key or hub_half.ingest.install.public_key.text
        self.settings = settings_for(hub_half.broker, key_file, centre_id, hub_key)
        self.link = Link(self.settings, self.database, NODE_LEDGER)

    @classmethod
    def again(cls, before: "LinkedCentre") -> "LinkedCentre":
        """Return the same centre, started anew from its files and first settings; the one before was stopped."""
        return cls(before._hub_half, before.id, hub_key=before.settings.hub_public_key)

    def add_spaces(self, count: int = 1) -> None:
        with self.database.transaction() as session:
            session.add_all(node.spaces.models.Space(name=f"Raum {n}", kind="kitchen") for n in range(count))

    def announcements(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(node.announcements.models.Announcement.title)))

    def status(self) -> LinkStatus:
        with self.database.reading() as session:
            return self.link.status(session, now())


def within(timeout_s: float, condition: Callable[[], bool]) -> float:
    """Wait until `condition` holds; return the seconds it took, fail if it does not come."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < timeout_s, f"not within {timeout_s} s"
        time.sleep(0.01)
    return time.monotonic() - started


@contextmanager
def linked_pair(folder: Path, broker: TestBroker) -> Iterator[tuple[LinkedHub, LinkedCentre]]:
    """Yield a running hub and a running centre that belong together, over a running broker."""
    hub_half = LinkedHub(folder, broker)
    centre = LinkedCentre(hub_half, "alt-hamborn")
    hub_half.admit(centre)
    hub_half.ingest.start()
    centre.link.start()
    try:
        yield hub_half, centre
    finally:
        centre.link.stop()
        hub_half.ingest.stop()
        centre.database.dispose()
        hub_half.database.dispose()


@contextmanager
def acquainted_pair(folder: Path, broker: TestBroker) -> Iterator[tuple[LinkedHub, LinkedCentre]]:
    """Yield a running hub and a running centre that have exchanged their first record."""
    with linked_pair(folder, broker) as (hub_half, centre):
        centre.add_spaces()
        within(60, lambda: hub_half.spaces(centre) == 1)
        yield hub_half, centre
