"""What a drill works with: a city of real processes, machines that join, die and are replaced, a search for bytes."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select

import node.app
from hub.core.db import LEDGER as HUB_LEDGER
from hub.network.joining import invitations
from hub.network.joining.invitations import Wish
from hub.network.joining.models import Kind
from hub.recovery.offers import offer_candidates
from hub.spaces.models import Space as HubSpace
from node.backup import spreading
from node.bookings.models import Booking
from node.config import NodeConfig, load_node
from node.core import privacy
from node.privacy import persons
from node.privacy.traces import overwrite_traces
from node.recovery import service as recovery
from node.spaces.models import Space
from shared.backup import places
from shared.broker import EmbeddedBroker, free_port
from shared.database import Database
from shared.keys import open_install
from shared.records.bookings import BookingKind
from shared.time import now
from tests.factories import make_booking
from tests.system.city import ROOT, City, Desk, running_city, wait_until

GUEST, PHONE = "Ülkü Özgür-Weiß", "0203 7777123"
PASSWORD = "a long enough password"
PATIENCE_S = 60.0  # generous: drills share their machine with others


@contextmanager
def small_city(folder: Path) -> Iterator[City]:
    """A hub and a broker in processes of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_city(folder, EmbeddedBroker()) as city:
        yield city


def invite(city: City, centre_id: str, kind: Kind) -> str:
    """Return a code of the city's desk."""
    wish = Wish(
        kind=kind,
        centre_id=centre_id,
        name=centre_id.title(),
        hub_url=city.hub.url,
        hub_key=open_install(city.hub_config.key_file).public_key.text,
        by="",
        valid_for=timedelta(hours=2),
    )
    with city.hub_database.transaction() as session:
        return str(invitations.invite(session, wish, now())[1].text)


def run_hub(city: City, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Type a command at the hub."""
    return _typed("hub", city.hub.settings, words, code)


class Machine:
    """A computer on which a centre is or will be; `die` takes everything on it along."""

    def __init__(self, city: City, folder: Path, stick: Path | None = None) -> None:
        self.city, self.folder, self.stick = city, folder, stick
        folder.mkdir(parents=True)
        self.settings, self.port = folder / "node.toml", free_port()
        self.desk = Desk("node", self.settings, self.port)
        self._app: Flask | None = None

    @property
    def config(self) -> NodeConfig:
        return load_node(self.settings, {})

    def type(self, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
        """Type a command here."""
        return _typed("node", self.settings, words, code)

    def found(self, centre_id: str) -> str:
        """Join as a new centre, set backups up; return the recovery code."""
        joined = self.type("join", invite(self.city, centre_id, Kind.NEW), "--web-port", str(self.port))
        assert joined.returncode == 0, joined.stderr
        if self.stick is not None:
            self.stick.mkdir(exist_ok=True)
            places.prepare(self.stick)
            with self.settings.open("a", encoding="utf-8") as opened:
                opened.write(f'\nbackup_folders = "{self.stick}"\n')
        return self.type("backup", "set-up").stdout.strip()

    def back_up(self) -> str:
        """Make a backup; return what the command printed."""
        done = self.type("backup", "now")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def die(self) -> None:
        """Burn down."""
        self.desk.kill()
        self.close()
        shutil.rmtree(self.folder)

    def close(self) -> None:
        """Let go of the database."""
        if self._app is not None:
            self._app.extensions["stadtherz.database"].dispose()
            self._app = None

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Yield the database, as another command on the machine opens it."""
        self._app = self._app or node.app.create_app(self.config)
        with self._app.app_context():
            yield self._app.extensions["stadtherz.database"]

    def add_spaces(self, count: int, name: str) -> None:
        with self.opened() as database, database.transaction() as session:
            session.add_all(Space(name=f"{name} {number}", kind="multi_purpose") for number in range(count))

    def rename_spaces(self, count: int, name: str) -> None:
        with self.opened() as database, database.transaction() as session:
            for space in session.scalars(select(Space).order_by(Space.id).limit(count)):
                space.name = f"{name} {space.name}"

    def let_guest_in(self) -> str:
        """Let somebody have rented a room; return the booking's id."""
        with self.opened() as database, database.transaction() as session:
            day = (now() - timedelta(days=20)).date()
            said = {"contact_name": GUEST, "contact_phone": PHONE, "title": f"Feier {GUEST}"}
            return make_booking(session, day=day, kind=BookingKind.RENTAL, **said).id

    def erase_guest(self, booking_id: str, *, with_network: bool = True) -> None:
        """Do what the page of privacy does, and at once what the job does within a minute."""
        with self.opened() as database:
            with database.transaction() as session:
                personal = privacy.registry(current_app)
                chosen = persons.chosen_of(personal, [f"bookings:{booking_id}", f"rentals:{booking_id}"])
                assert persons.erase(session, chosen, now=now()) == []
            overwrite_traces(database)
            if with_network:
                spreading.spread_list(self.config, database, now())
            else:
                spreading.spread_to_files(self.config, database)

    def spaces(self) -> dict[str, str]:
        """Return the names of the spaces here by their ids."""
        with self.opened() as database, database.reading() as session:
            return {row.id: row.name for row in session.execute(select(Space.id, Space.name))}

    def spaces_at_hub(self, centre_id: str) -> dict[str, str]:
        with self.city.hub_database.reading() as session:
            rows = session.execute(select(HubSpace.id, HubSpace.name).where(HubSpace.centre_id == centre_id))
            return {row.id: row.name for row in rows}

    def is_equal(self, centre_id: str) -> bool:
        """Tell whether hub and centre hold the same spaces."""
        return self.spaces() == self.spaces_at_hub(centre_id)

    def wait_equal(self, centre_id: str) -> None:
        wait_until(lambda: self.is_equal(centre_id), PATIENCE_S, f"{centre_id} equal at the hub")

    def bookings(self) -> int:
        with self.opened() as database, database.reading() as session:
            return session.scalar(select(func.count()).select_from(Booking)) or 0

    def offers(self) -> int:
        """Return how many offers of the hub wait here; the hub's job of every minute is done at once."""
        with self.city.hub_database.transaction() as session:
            offer_candidates(session, HUB_LEDGER, now())
        with self.opened() as database, database.reading() as session:
            return recovery.count_open(session)

    def take_offers(self) -> int:
        """Restore everything that is offered; return how much was."""
        with self.opened() as database, database.transaction() as session:
            restored, _left = recovery.restore_all(session, recovery.open_offers(session), now())
            return restored

    def status_of(self, path: str) -> int:
        """Return how the site answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def bytes_of_guest(self) -> int:
        """Return how often the guest stands in any byte of the machine: database, logs, keys, what was left over."""
        return occurrences(self.folder)


def occurrences(folder: Path) -> int:
    """Return how often the guest's name or number stands in any file below a folder."""
    words = [word.encode() for word in (GUEST, GUEST.casefold(), PHONE)]
    contents = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return sum(content.count(word) for content in contents for word in words)


def _typed(side: str, settings: Path, words: tuple[str, ...], code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"from {side}.cli import main; main()", *words[:1], *words[1:]]
    environ = {
        **os.environ,
        "STADTHERZ_PASSWORD": PASSWORD,
        "STADTHERZ_RECOVERY_CODE": code,
        f"STADTHERZ_{side.upper()}_CONFIG": str(settings),
    }
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
