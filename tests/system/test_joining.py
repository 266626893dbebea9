"""Joining with real processes: a code from the desk's page, one command on a new machine, and everything follows."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

import node.announcements.models
import node.app
import node.spaces.models
from hub.config import HubConfig
from hub.core.accounts import Account, Role
from hub.network.links import CentreLink
from node.config import NodeConfig, load_node
from shared.broker import EmbeddedBroker, free_port
from shared.database import Database
from shared.time import now
from shared.web.accounts import add_account
from tests.system.broker_clients import Person as Client
from tests.system.brokers import SecureMosquitto, TestBroker
from tests.system.city import CITY, ROOT, City, Desk, wait_until
from tests.system.person import Person

PASSWORD = "a long enough password"
_CODE = re.compile(r"<code>(http://[^<]+)</code>")
_LETTERS = re.compile(r"\b(?:[2-9A-HJ-NP-Z]{4} ){2}[2-9A-HJ-NP-Z]{4}\b")


class SecureCity(City):
    """The small city of real processes, over a broker whose rights the hub manages."""

    broker: SecureMosquitto

    def settings(self, name: str, broker_port: int = 0, **said: str) -> Path:
        config = self.broker.config
        said |= {"broker_tls": "true", "broker_ca_file": str(self.broker.authority)}
        said |= {"broker_user": config.broker_user, "broker_password": config.broker_password}
        said |= {"broker_admin_user": config.broker_admin_user, "broker_admin_password": config.broker_admin_password}
        return super().settings(name, broker_port, **said)


SECURE = pytest.param("secure", marks=pytest.mark.service("mosquitto"))
on_both = pytest.mark.parametrize("city", ["embedded", SECURE], indirect=True)
on_secure = pytest.mark.parametrize("city", [SECURE], indirect=True)
on_embedded = pytest.mark.parametrize("city", ["embedded"], indirect=True)


@pytest.fixture
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    """A running hub: over the embedded broker, which has no rights, or over mosquitto with TLS and managed rights."""
    broker: TestBroker = EmbeddedBroker()
    if request.param == "secure":
        broker = SecureMosquitto(tmp_path, HubConfig(city=CITY, data_folder=tmp_path / "prepared"))
    broker.start()
    try:
        city = (SecureCity if request.param == "secure" else City)(tmp_path, broker)
        try:
            city.hub.start()
            yield city
        finally:
            city.end()
    finally:
        broker.stop()


class Office:
    """Somebody of the city at the network's desk."""

    def __init__(self, city: City) -> None:
        with city.hub_database.transaction() as session:
            add_account(session, Account, "Verwaltung", PASSWORD, Role.ADMINISTRATOR, list(Role), now())
        self.city, self.person = city, Person(city.hub.url)
        assert self.person.sign_in("Verwaltung", PASSWORD).status == 200

    def invite(self, centre_id: str, name: str) -> str:
        """Add a centre and return the code that the page shows."""
        page = self.person.open("/netz/einladen")
        return self._code(self.person.send(page, page.form("centre_id"), centre_id=centre_id, name=name).text)

    def code_for(self, centre_id: str, what: str = "ersetzen") -> str:
        """Return a code for another machine of a centre, or for new credentials ("zugangsdaten")."""
        page = self.person.open(f"/netz/zentren/{centre_id}/{what}")
        return self._code(self.person.send(page, page.form("hours")).text)

    def revoke(self, centre_id: str) -> None:
        page = self.person.open(f"/netz/zentren/{centre_id}/ausschliessen")
        assert self.person.send(page, page.forms[-1]).status == 200

    def letters_of(self, centre_id: str) -> str:
        """Return the groups of letters that the desk shows for the centre's installation."""
        found = _LETTERS.search(self.person.open(f"/netz/zentren/{centre_id}").text)
        assert found
        return found[0]

    def link(self, centre_id: str) -> CentreLink:
        return next(link for link in self.city.network() if link.centre_id == centre_id)

    def _code(self, page: str) -> str:
        found = _CODE.search(page)
        assert found, page
        return unescape(found[1])


@dataclass
class Machine:
    """A machine on which a centre may be set up: a folder with nothing in it."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.settings, self.port = self.folder / "node.toml", free_port()
        self.desk = Desk("node", self.settings, self.port)

    def join(self, code: str) -> subprocess.CompletedProcess[str]:
        return self.typed("join", code, "--web-port", str(self.port))

    def typed(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as somebody types it."""
        command = [sys.executable, "-c", "from node.cli import main; main()", "--config", str(self.settings), *words]
        environ = {**os.environ, "STADTHERZ_PASSWORD": PASSWORD}
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)

    def add_space(self) -> None:
        """Write a record of the house."""
        database: Database = node.app.create_app(load_node(self.settings, {})).extensions["stadtherz.database"]
        with database.transaction() as session:
            session.add(node.spaces.models.Space(name="Saal", kind="multi_purpose"))
        database.dispose()

    def announcements(self) -> int:
        """Return how many announcements of the city have arrived."""
        database = Database(load_node(self.settings, {}).database_url)
        with database.reading() as session:
            found = session.scalar(select(func.count()).select_from(node.announcements.models.Announcement))
        database.dispose()
        return found or 0


def may_speak(city: City, config: NodeConfig) -> bool:
    """Tell whether the broker still takes what a centre says with its credentials."""
    client = Client(city.broker, config.broker_user, config.broker_password)
    return client.publishes(f"stadtherz/1/{CITY}/node/{config.centre_id}/out")


@on_both
def test_a_code_brings_a_machine_online_and_works_once(city: City, tmp_path: Path) -> None:
    """One page, one command: in seconds the centre is online and in agreement; nobody else gets in with the code."""
    city.announce(20)
    office, machine, thief = Office(city), Machine(tmp_path / "new"), Machine(tmp_path / "thief")
    code = office.invite("ruhrort", "Ruhrort")
    started = time.monotonic()
    joined = machine.join(code)
    assert joined.returncode == 0, joined.stderr
    assert office.letters_of("ruhrort") in joined.stdout
    machine.add_space()
    machine.desk.start()
    try:
        wait_until(lambda: machine.announcements() == 20, 60, "the city's records")
        wait_until(lambda: office.link("ruhrort").state == "agreed", 60, "agreement")
        print(f"from the command to agreement: {time.monotonic() - started:.1f} s")
        stolen = thief.join(code)
        assert stolen.returncode == 2
        assert office.letters_of("ruhrort") in stolen.stderr
        assert not thief.settings.exists()
        assert "Ein anderes Gerät kam mit dem Code" in office.person.open("/netz/zentren/ruhrort").text
    finally:
        machine.desk.stop()


@on_secure
def test_who_is_revoked_is_cut_off_at_once(city: City, tmp_path: Path) -> None:
    """Within seconds nothing more arrives there; the broker takes nothing more from there."""
    office, machine = Office(city), Machine(tmp_path / "new")
    assert machine.join(office.invite("ruhrort", "Ruhrort")).returncode == 0
    machine.desk.start()
    try:
        city.announce(1)
        wait_until(lambda: machine.announcements() == 1, 60, "the city's record")
        wait_until(lambda: office.link("ruhrort").state == "agreed", 60, "agreement")
        config = load_node(machine.settings, {})
        assert may_speak(city, config)
        office.revoke("ruhrort")
        assert not may_speak(city, config)
        machine.add_space()
        wait_until(lambda: office.link("ruhrort").state == "revoked", 5, "its end")
        assert office.link("ruhrort").backlog_up == 0
    finally:
        machine.desk.stop()


@on_secure
def test_another_machine_takes_the_place_of_a_centre(city: City, tmp_path: Path) -> None:
    """With the code of the desk a new machine goes on as the centre; the old one is out from that moment."""
    office, old, new = Office(city), Machine(tmp_path / "old"), Machine(tmp_path / "new")
    assert old.join(office.invite("ruhrort", "Ruhrort")).returncode == 0
    old.add_space()
    old.desk.start()
    try:
        wait_until(lambda: office.link("ruhrort").state == "agreed", 60, "agreement of the old machine")
        before = load_node(old.settings, {})
        joined = new.join(office.code_for("ruhrort"))
        assert joined.returncode == 0, joined.stderr
        assert not may_speak(city, before)
        city.announce(5)
        new.desk.start()
        wait_until(lambda: new.announcements() == 5, 60, "the city's records on the new machine")
        assert office.letters_of("ruhrort") in joined.stdout
        assert old.announcements() == 0
    finally:
        old.desk.stop()
        new.desk.stop()


@on_secure
def test_the_page_of_the_first_start_becomes_the_centre(city: City, tmp_path: Path) -> None:
    """`run` on an empty machine shows one page; with the code the same process is the centre, a moment later."""
    city.announce(3)
    office, machine = Office(city), Machine(tmp_path / "new")
    os.environ["STADTHERZ_NODE_WEB_PORT"] = str(machine.port)
    try:
        machine.desk.start()
    finally:
        del os.environ["STADTHERZ_NODE_WEB_PORT"]
    try:
        person = Person(machine.desk.url)
        page = person.open("/")
        typed = {"name": "Leitung Ruhrort", "password": PASSWORD, "again": PASSWORD}
        wrong = person.send(page, page.form("code"), code="nowhere.example/AAAA", **typed)
        assert "nowhere.example/AAAA" in wrong.text
        assert PASSWORD in wrong.text
        done = person.send(wrong, wrong.form("code"), code=office.invite("ruhrort", "Ruhrort"), **typed)
        assert office.letters_of("ruhrort") in done.text
        wait_until(lambda: machine.announcements() == 3, 60, "the city's records")
        wait_until(lambda: person.opens("/anmelden"), 60, "the centre's site")  # its link begins a moment before it
        assert person.sign_in("Leitung Ruhrort", PASSWORD).status == 200
    finally:
        machine.desk.stop()


@on_embedded
def test_a_machine_finishes_with_the_same_code_what_broke_off(city: City, tmp_path: Path) -> None:
    """The hub said yes, and the power failed: the same machine gets the same answer once more."""
    office, machine = Office(city), Machine(tmp_path / "new")
    code = office.invite("ruhrort", "Ruhrort")
    assert machine.join(code).returncode == 0
    told = load_node(machine.settings, {})
    for lost in (machine.settings, machine.folder / "data" / "link.toml", machine.folder / "data" / "node.sqlite"):
        lost.unlink()
    again = machine.join(code)
    assert again.returncode == 0, again.stderr
    assert load_node(machine.settings, {}) == told


@on_secure
def test_a_running_house_joins_renews_and_leaves(city: City, tmp_path: Path) -> None:
    """A house that worked alone: what is typed beside it takes effect within seconds, and nobody restarts anything."""
    office, house = Office(city), Machine(tmp_path / "house")
    assert house.typed("init", "--centre-id", "ruhrort", "--city", CITY, "--web-port", str(house.port)).returncode == 0
    house.add_space()
    house.desk.start()
    try:
        city.announce(1)
        assert house.typed("join", office.invite("ruhrort", "Ruhrort")).returncode == 0
        wait_until(lambda: house.announcements() == 1, 60, "the city's record")
        wait_until(lambda: office.link("ruhrort").state == "agreed", 60, "agreement")
        before = load_node(house.settings, {})
        assert house.typed("join", office.code_for("ruhrort", "zugangsdaten")).returncode == 0
        assert not may_speak(city, before)
        city.announce(1)
        wait_until(lambda: house.announcements() == 2, 60, "what came with the new credentials")
        left = house.typed("leave", "--yes")
        assert left.returncode == 0, left.stderr
        assert office.link("ruhrort").state == "revoked"
        assert "Ausgetreten" in office.person.open("/netz/zentren/ruhrort").text
        wait_until(lambda: "Mit keiner Stadt" in Person(house.desk.url).open("/verbindung.json").text, 60, "its end")
    finally:
        house.desk.stop()
