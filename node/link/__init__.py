"""This centre <-> the city: the courier in the node's process, its switch, and how it stands.

Rule: the house never waits for the link. Everything here may be missing, off or broken while
people go on working.
"""

import logging
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from node.core import link_file
from node.link.models import RejectedMessage
from node.link.office import NodeOffice
from node.link.remarks import OwnRemarks
from node.link.status import LinkStatus, has_let_go, set_link, status
from shared import topics
from shared.database import Database
from shared.errors import ConfigError
from shared.keys import PublicKey, open_install
from shared.mqtt import BrokerSettings, broker_of
from shared.replication.courier import Courier
from shared.replication.ledger import Ledger
from shared.replication.program import this_program
from shared.replication.rejections import Rejections

EXTENSION = "stadtherz.link"  # where a running link stands in the app's extensions; None or missing without one
_LOG = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parents[1] / "migrations"

__all__ = ["EXTENSION", "Link", "LinkConfig", "LinkStatus", "has_let_go", "set_link", "start", "status"]


class LinkConfig(BrokerSettings, Protocol):
    """The settings of a node that the link needs."""

    @property
    def city(self) -> str: ...
    @property
    def centre_id(self) -> str: ...
    @property
    def hub_public_key(self) -> str: ...
    @property
    def key_file(self) -> Path: ...
    @property
    def sealing_file(self) -> Path: ...
    @property
    def link_file(self) -> Path: ...


class Link:
    """The link of one node. Made without connecting; `start` begins, `stop` ends cleanly.

    `ledger.watch(database)` must have been called before: it stamps what the house writes.
    """

    def __init__(self, config: LinkConfig, database: Database, ledger: Ledger) -> None:
        """Raise ConfigError if `hub_public_key`, the install file or the sealing file is wrong.

        Tables need not exist yet.
        """
        try:
            hub_key = PublicKey(config.hub_public_key)
        except ValueError as error:
            advice = "`stadtherz-hub public-key` prints the hub's."
            raise ConfigError(f"hub_public_key is not a public key; {advice}") from error
        self._database, self._ledger, self._centre = database, ledger, config.centre_id
        self.install = open_install(config.key_file)
        self._courier = Courier(
            NodeOffice(
                config.city,
                config.centre_id,
                hub_key,
                ledger,
                install=self.install,
                remarks=OwnRemarks(config.sealing_file),
                keep_key=partial(_keep_key, config.link_file),
            ),
            Rejections(RejectedMessage),
            city=config.city,
            broker=broker_of(config),
            install=self.install,
            database=database,
            ledger=ledger,
            program=this_program(ledger, MIGRATIONS),
        )

    def start(self) -> None:
        """Open the centre's feed (on other hardware than before it is fenced) and start the courier's thread."""
        with self._database.transaction() as session:
            self._ledger.open_feed(session, topics.node_feed(self._centre), self.install.instance)
        self._courier.start()

    def stop(self) -> None:
        """Say good-bye at the broker and end the thread."""
        self._courier.stop()

    @property
    def alive(self) -> bool:
        """Whether the courier's thread runs, connected or not."""
        return self._courier.alive

    def status(self, session: Session, now: datetime) -> LinkStatus:
        """Return how the link stands; needs no running courier in this process."""
        return status(session, now, self._ledger, self._centre)

    def take_over(self, session: Session) -> None:
        """Let this installation go on with a database that came from another machine: a person decided so."""
        self._ledger.rebind(session, topics.node_feed(self._centre), self.install.instance)


def _keep_key(file: Path, before: PublicKey, heir: PublicKey) -> None:
    """Renew the hub's key where it stands in the link file. The belief itself is kept in the database.

    A key that a person wrote into the settings is theirs to change; the log and the link's page say so.
    """
    try:
        kept = link_file.kept(file).get("hub_public_key")
        if kept == before.text:
            link_file.renew(file, hub_public_key=heir.text)
        elif kept != heir.text:  # it is if the power went before the belief was kept
            _LOG.warning("hub_public_key in the settings is the one of before; please write: %s", heir.text)
    except ConfigError as error:
        _LOG.error("the hub's new key could not be kept: %s", error)


def start(config: LinkConfig, database: Database, ledger: Ledger) -> Link:
    """Return the running link of this node."""
    link = Link(config, database, ledger)
    link.start()
    return link
