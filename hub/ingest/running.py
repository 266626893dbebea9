"""The courier for all centres that this process serves: one thread, one connection, two ends for each member.

Made without connecting; commands use it too, for what an installation says of itself.
"""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from hub.ingest.dividing import Division, Slots
from hub.ingest.office import HubOffice
from hub.ingest.whole import Whole
from hub.network import links, members, terms, versions
from hub.network.models import Member, RejectedMessage
from shared import topics
from shared.database import Database
from shared.keys import open_install
from shared.mqtt import BrokerSettings, broker_of
from shared.replication.courier import Courier
from shared.replication.ledger import Ledger
from shared.replication.rejections import Rejections
from shared.time import now


class IngestConfig(BrokerSettings, Protocol):
    """The settings of the hub that ingest needs."""

    @property
    def city(self) -> str: ...
    @property
    def key_file(self) -> Path: ...


class Ingest:
    """The hub's half of the network. Made without connecting; `start` begins, `stop` ends cleanly.

    `ledger.watch(database)` must have been called before: it stamps what the city writes.
    """

    def __init__(self, config: IngestConfig, database: Database, ledger: Ledger) -> None:
        """Raise ConfigError if the install file is wrong. Tables need not exist yet."""
        self._database, self._ledger = database, ledger
        self.install = open_install(config.key_file)
        self._division: Division = Whole() if database.is_sqlite else Slots(database)
        rejections = Rejections(RejectedMessage)
        self._courier = Courier(
            HubOffice(config.city, ledger, rejections, self.install, self._division),
            rejections,
            city=config.city,
            broker=broker_of(config),
            install=self.install,
            database=database,
            ledger=ledger,
            program=versions.of_hub(ledger),
        )

    def start(self) -> None:
        """Open the feed of every member and start the thread; who is not the hub leaves them to whoever is."""
        with self._database.transaction() as session:
            terms.settle(session, self.install.instance, now(), self._ledger)
            if terms.may_serve(session, self.install.instance):
                self._open_feeds(session)
        self._courier.start()

    def stop(self) -> None:
        """Say good-bye at the broker and end the thread."""
        self._courier.stop()
        self._division.leave()

    @property
    def alive(self) -> bool:
        """Whether the courier's thread runs, connected or not."""
        return self._courier.alive

    def admit(self, session: Session, centre_id: str, name: str, public_key: str, now: datetime) -> Member:
        """Let a centre in and open the city's feed for it; see `hub.network.members.admit`."""
        return members.admit(
            session, centre_id, name, public_key, now, ledger=self._ledger, hub_instance=self.install.instance
        )

    def revoke(self, session: Session, centre_id: str, now: datetime) -> None:
        """No longer believe or serve a centre; see `hub.network.members.revoke`."""
        members.revoke(session, centre_id, now, ledger=self._ledger)

    def network_state(self, session: Session, now: datetime) -> list[links.CentreLink]:
        """Return how the link of every centre stands; needs no running courier in this process."""
        return links.network_state(session, now, ledger=self._ledger)

    def take_over(self, session: Session) -> None:
        """Let this installation go on with a database that came from another machine: a person decided so."""
        terms.take_over(session, self.install.instance, now())
        self._open_feeds(session)
        for member in members.members(session):
            self._ledger.rebind(session, topics.hub_feed(member.centre_id), self.install.instance)

    def _open_feeds(self, session: Session) -> None:
        bound = self._ledger.instances(session)
        for member in members.members(session):
            feed = topics.hub_feed(member.centre_id)
            if bound.get(feed) != self.install.instance:
                self._ledger.open_feed(session, feed, self.install.instance)


def start(config: IngestConfig, database: Database, ledger: Ledger) -> Ingest:
    """Return the running ingest of the hub."""
    ingest = Ingest(config, database, ledger)
    ingest.start()
    return ingest
