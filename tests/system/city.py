"""A small city of real processes: a broker, the hub, centres, each with a database of its own.

A test writes and reads the databases beside the processes, like another command on the same
machine, cuts and kills, and waits for conditions; never for a fixed time.
"""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import hub.announcements.models
import hub.app
import hub.spaces.models
import node.announcements.models
import node.app
import node.spaces.models
from hub.config import HubConfig
from hub.core.db import LEDGER as HUB_LEDGER
from hub.ingest import Ingest
from hub.network.links import CentreLink, network_state
from node.config import NodeConfig
from node.core.db import LEDGER as NODE_LEDGER
from node.link import set_link
from shared import topics
from shared.broker import accepts, free_port
from shared.config import load
from shared.database import Database
from shared.keys import open_install
from shared.records.catalogue import COLLECTIONS
from shared.replication.ledger import Ledger
from shared.time import now
from shared.web.settings import write_secret
from tests.system.brokers import TestBroker

CITY = "duisburg"
ROOT = Path(__file__).parent.parent.parent
START_WITHIN_S = 90  # two seconds on an idle machine; a runner may do ten things at once


class Desk:
    """A process of one side. It can be killed and started again, and its SQLite database swapped.

    `command` is `run`; for a hub in two processes `web`, or `ingest`, which serves no site.
    """

    def __init__(self, side: str, settings: Path, port: int, command: str = "run") -> None:
        self.side, self.settings, self.folder, self.port = side, settings, settings.parent, port
        self.command = command
        self.url = f"http://127.0.0.1:{port}"
        self.root = ROOT  # the program's folder: another one holds another version
        self.prelude = ""  # Python that runs before the program does: another clock, another machine
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command and wait until its site answers, if it has one."""
        run = f"from {self.side}.cli import main; main()"  # what `stadtherz-node` and `stadtherz-hub` do
        command = [sys.executable, "-c", f"{self.prelude}\n{run}", self.command, "--config", str(self.settings)]
        with (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.root)
        if self.command == "ingest":
            return
        assert accepts("127.0.0.1", self.port, START_WITHIN_S, self._child), (
            f"{self.side} did not start: {self.log()[-2000:]}"
        )

    @property
    def pid(self) -> int:
        """The running process."""
        assert self._child is not None, f"{self.side} does not run"
        return self._child.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as the service manager does."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._child is not None:
            self._child.send_signal(how)
            self._child.wait(START_WITHIN_S)  # a job under way is finished first
            self._child = None

    def log(self) -> str:
        return (self.folder / "log").read_text()


class City:
    """Everything together. `centre()` adds and admits a centre."""

    def __init__(self, folder: Path, broker: TestBroker, hub_url: str = "") -> None:
        self.folder, self.broker = folder, broker
        settings = self.settings("hub", database=hub_url)
        self.hub_config = load(HubConfig, settings, {}, "NONE")
        write_secret(self.hub_config.secret_file, "a secret for tests only")
        self.hub = Desk("hub", settings, self.hub_config.web_port)
        self.hub_database: Database = hub.app.create_app(self.hub_config).extensions["stadtherz.database"]
        self.centres: list[Centre] = []

    def centre(self, centre_id: str, broker_port: int = 0, **said: str) -> "Centre":
        """Add a centre, admitted at the hub; its process is not started yet.

        `broker_port` is that of a line in between, if there is one; `said` are other settings.
        """
        hub_key = open_install(self.hub_config.key_file).public_key.text
        said |= {"centre_id": centre_id, "hub_public_key": hub_key}
        centre = Centre(self, self.settings(centre_id, broker_port, **said))
        ingest = Ingest(self.hub_config, self.hub_database, HUB_LEDGER)
        with self.hub_database.transaction() as session:
            ingest.admit(session, centre_id, centre_id, centre.install.public_key.text, now())
        self.centres.append(centre)
        return centre

    def settings(self, name: str, broker_port: int = 0, **said: str) -> Path:
        """Write the settings of one side into a folder of its own."""
        folder = self.folder / name
        folder.mkdir()
        said = {
            "city": CITY,
            "data_folder": str(folder),
            "broker_host": self.broker.host,
            "broker_mqtt": self.broker.mqtt,
        } | said
        lines = [f'{key} = "{value}"' for key, value in said.items() if value]
        path = folder / "settings.toml"
        ports = [f"broker_port = {broker_port or self.broker.port}", f"web_port = {free_port()}", ""]
        path.write_text("\n".join([*lines, *ports]))
        return path

    def announce(self, count: int) -> None:
        """Write `count` announcements of the city, for every centre."""
        at = now()
        with self.hub_database.transaction() as session:
            session.add_all(
                hub.announcements.models.Announcement(title=f"Meldung {n}", shows_from=at) for n in range(count)
            )

    def network(self) -> list[CentreLink]:
        """Return every centre's link as the network page shows it."""
        with self.hub_database.reading() as session:
            return network_state(session, now(), ledger=HUB_LEDGER)

    def swap_hub_database(self, copy: Path) -> None:
        """Put a copy in the place of the hub's SQLite database; the process must be down."""
        _restore(copy, self.hub_database)

    def end(self) -> None:
        """End every process by its own id."""
        for desk in (*[centre.desk for centre in self.centres], self.hub):
            desk.stop()
        for database in (*[centre.database for centre in self.centres], self.hub_database):
            database.dispose()


class Centre:
    """A centre of the city: its process and, beside it, its database."""

    def __init__(self, city: City, settings: Path) -> None:
        self._city = city
        self.config = load(NodeConfig, settings, {}, "NONE")
        self.id, self.feed = self.config.centre_id, topics.node_feed(self.config.centre_id)
        self.install = open_install(self.config.key_file)
        write_secret(self.config.secret_file, "a secret for tests only")
        self.desk = Desk("node", settings, self.config.web_port)
        self.database: Database = node.app.create_app(self.config).extensions["stadtherz.database"]

    def add_spaces(self, count: int, name: str = "Raum") -> dict[str, str]:
        """Write `count` spaces in one transaction; return their ids by name."""
        spaces = [node.spaces.models.Space(name=f"{name} {n}", kind="multi_purpose") for n in range(count)]
        with self.database.transaction() as session:
            session.add_all(spaces)
        return {space.name: space.id for space in spaces}

    def rename_spaces(self, count: int, name: str) -> None:
        """Change the first `count` spaces."""
        space = node.spaces.models.Space
        with self.database.transaction() as session:
            for found in session.scalars(select(space).order_by(space.id).limit(count)):
                found.name = name

    def remove_spaces(self, count: int) -> None:
        """Delete the first `count` spaces."""
        space = node.spaces.models.Space
        with self.database.transaction() as session:
            for found in session.scalars(select(space).order_by(space.id).limit(count)):
                session.delete(found)

    def switch(self, on: bool) -> None:
        """Cut or join the link, as the command does."""
        with self.database.transaction() as session:
            set_link(session, on, now())

    def swap_database(self, copy: Path) -> None:
        """Put a copy in the place of the database; the process must be down."""
        _restore(copy, self.database)

    def arrived(self) -> bool:
        """Tell whether the hub stands at the head of this centre's feed and both digests are equal."""
        with self.database.reading() as here, self._city.hub_database.reading() as there:
            offered, received = NODE_LEDGER.feed_health(here, self.feed), HUB_LEDGER.replica_health(there, self.feed)
            if offered is None or received.revision != offered.head or received.walking:
                return False
            mine = NODE_LEDGER.source(here, self.feed).digests()
            return dict(mine) == dict(HUB_LEDGER.replica(there, self.feed).digests())

    def announcements(self) -> int:
        """Return how many announcements of the city the centre shows."""
        with self.database.reading() as session:
            query = select(func.count()).select_from(node.announcements.models.Announcement)
            return session.scalar(query) or 0

    def hub_spaces(self) -> int:
        """Return how many spaces of this centre the hub shows."""
        space = hub.spaces.models.Space
        with self._city.hub_database.reading() as session:
            query = select(func.count()).select_from(space).where(space.centre_id == self.id)
            return session.scalar(query) or 0

    def assert_same_records(self) -> None:
        """Fail unless every record of the centre stands at the hub once, field by field, and no other."""
        with self.database.reading() as here, self._city.hub_database.reading() as there:
            for collection in COLLECTIONS:
                if collection.owner.value == "node":
                    mine = _records(here, NODE_LEDGER, collection.name, None)
                    assert _records(there, HUB_LEDGER, collection.name, self.id) == mine, collection.name


def _records(session: Session, ledger: Ledger, collection: str, centre: str | None) -> list[tuple[object, ...]]:
    shelf = ledger.shelves.all[collection]
    columns = [shelf.table.c[name] for name in ("id", *shelf.collection.field_names)]
    query = select(*columns).order_by(shelf.table.c.id)
    if centre is not None:
        query = query.where(shelf.table.c.centre_id == centre)
    return [tuple(row) for row in session.execute(query)]


def copy_database(database: Database, to: Path) -> Path:
    """Copy a live SQLite database by the backup API, the only way that gets all of it."""
    with sqlite3.connect(str(database.url.database)) as source, sqlite3.connect(to) as target:
        source.backup(target)
    source.close()
    target.close()
    return to


def _restore(copy: Path, database: Database) -> None:
    """Put `copy` in place, without the -wal and -shm of what it replaces."""
    database.dispose()
    path = Path(str(database.url.database))
    for old in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        old.unlink(missing_ok=True)
    shutil.copyfile(copy, path)


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str = "") -> float:
    """Wait until `condition` holds and return the seconds it took; fail after the time-out."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < timeout_s, f"not within {timeout_s} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - started


@contextmanager
def running_city(folder: Path, broker: TestBroker, hub_url: str = "") -> Iterator[City]:
    """Start broker and hub; end everything afterwards."""
    broker.start()
    try:
        city = City(folder, broker, hub_url)
        try:
            city.hub.start()
            yield city
        finally:
            city.end()
    finally:
        broker.stop()


__all__ = ["Centre", "City", "Desk", "copy_database", "running_city", "wait_until"]
