"""Machines that are copied, with real processes: the copy is fenced, and the desk says which is which."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.config import HubConfig
from hub.core.db import LEDGER as HUB_LEDGER
from hub.network import members, terms
from hub.network.models import HubTerm, Member
from node.config import NodeConfig
from shared.broker import accepts, free_port
from shared.config import load
from shared.database import Database
from shared.keys import open_install
from tests.services import find_mosquitto
from tests.system.brokers import make_broker
from tests.system.city import ROOT, START_WITHIN_S, Centre, City, Desk, copy_database, running_city, wait_until


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """On mosquitto where it is installed: it lets two connections of one centre live side by side."""
    kind = "mosquitto" if find_mosquitto() else "embedded"
    with running_city(tmp_path, make_broker(kind, tmp_path)) as running:
        yield running


@pytest.fixture
def centre(city: City) -> Centre:
    """A centre in agreement with the hub."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(20)
    centre.desk.start()
    wait_until(centre.arrived, 60, "the first records")
    return centre


class Elsewhere(Desk):
    """A process on another machine: it finds another machine id, and nothing else that names this one."""

    def __init__(self, side: str, settings: Path, port: int) -> None:
        super().__init__(side, settings, port)
        self.machine_id = self.folder / "machine-id"
        self.machine_id.write_text("another machine\n")

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen(self.command_line("run"), stdout=log, stderr=log, cwd=ROOT)
        assert accepts("127.0.0.1", self.port, START_WITHIN_S, self._child), self.log()[-2000:]

    def command_line(self, *words: str) -> list[str]:
        run = (
            "import pathlib, shared.hardware as machine\n"
            f"machine._MACHINE_ID = pathlib.Path({str(self.machine_id)!r})\n"
            "machine._BOARD_SERIAL = machine._NETWORK = pathlib.Path('/nowhere')\n"
            f"from {self.side}.cli import main; main()"
        )
        return [sys.executable, "-c", run, *words, "--config", str(self.settings)]


def copied(folder: Path, database: Database, to: Path, name: str) -> Path:
    """Copy the whole data folder of a running machine, as a card is copied; return its settings."""
    left_out = shutil.ignore_patterns("*.sqlite", "*.sqlite-*", "log", "ingest.lock")
    shutil.copytree(folder, to, ignore=left_out)
    copy_database(database, to / name)
    settings = to / "settings.toml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith(("data_folder", "web_port"))]
    settings.write_text("\n".join([*lines, f'data_folder = "{to}"', f"web_port = {free_port()}", ""]))
    return settings


def member(city: City, centre: Centre) -> Member:
    with city.hub_database.reading() as session:
        return members.get_member(session, centre.id)


def test_a_copied_card_is_fenced_and_the_desk_says_which_is_which(city: City, centre: Centre) -> None:
    """The first machine goes on as if nothing were; of the copy nothing is taken, and it is named."""
    settings = copied(centre.desk.folder, centre.database, city.folder / "copy", "node.sqlite")
    copy = Elsewhere("node", settings, load(NodeConfig, settings, {}, "NONE").web_port)
    try:
        copy.start()
        wait_until(lambda: member(city, centre).rival_instance is not None, 60, "the copy is noticed")
        found = member(city, centre)
        birth = centre.install.instance[:16]
        assert found.instance == centre.install.instance
        assert found.rival_instance is not None
        assert found.rival_instance.startswith(birth)
        assert found.rival_instance != found.instance
        assert None not in (found.bound_at, found.rival_first_at, found.heard_at)
        wait_until(lambda: bool(member(city, centre).machine), 60, "its name")
        centre.add_spaces(5, "Danach")
        wait_until(centre.arrived, 60, "the first machine goes on")
        assert city.network()[0].state == "fenced"
    finally:
        copy.stop()


def test_the_desk_lets_the_copy_go_on(city: City, centre: Centre) -> None:
    """The house moved to another machine: after the decision at the desk and there, it is the centre."""
    settings = copied(centre.desk.folder, centre.database, city.folder / "copy", "node.sqlite")
    centre.desk.stop()
    copy = Elsewhere("node", settings, load(NodeConfig, settings, {}, "NONE").web_port)
    try:
        copy.start()
        wait_until(lambda: member(city, centre).rival_instance is not None, 60, "the new machine is noticed")
        with city.hub_database.transaction() as session:
            rival = members.get_member(session, centre.id).rival_instance
            assert rival is not None
            members.bind(session, centre.id, rival)
        subprocess.run(copy.command_line("link", "take-over"), cwd=ROOT, check=True, capture_output=True)
        there = Database(f"sqlite:///{settings.parent / 'node.sqlite'}")
        moved = Centre.__new__(Centre)
        moved.__dict__.update(centre.__dict__, database=there)
        wait_until(moved.arrived, 60, "agreement with the new machine")
        wait_until(lambda: city.network()[0].state != "fenced", 60, "no more question")
        there.dispose()
    finally:
        copy.stop()


def test_a_copied_virtual_machine_ends_in_a_question_not_in_a_mix(city: City, centre: Centre) -> None:
    """Two machines that nothing tells apart: their histories contradict, both stop, and the desk says why."""
    settings = copied(centre.desk.folder, centre.database, city.folder / "twin", "node.sqlite")
    twin = Desk("node", settings, load(NodeConfig, settings, {}, "NONE").web_port)
    there = Database(f"sqlite:///{settings.parent / 'node.sqlite'}")
    writing = Centre.__new__(Centre)
    writing.__dict__.update(centre.__dict__, database=there)
    try:
        twin.start()
        for number in range(40):
            writing.add_spaces(1, f"Zwilling {number}")
            centre.add_spaces(1, f"Erste {number}")
            if member(city, centre).trouble:
                break
            wait_until(lambda: bool(member(city, centre).twin_at or member(city, centre).trouble), 60, "noticed")
        wait_until(lambda: bool(member(city, centre).twin_at), 60, "named")
        assert city.network()[0].state == "fenced"
    finally:
        twin.stop()
        there.dispose()


def test_a_copy_of_the_hub_stays_silent_until_it_takes_over(city: City, centre: Centre) -> None:
    """Started on a second machine it serves nobody; after `take-over` it does, and the older one falls silent."""
    settings = copied(city.hub.folder, city.hub_database, city.folder / "second", "hub.sqlite")
    config = load(HubConfig, settings, {}, "NONE")
    second = Elsewhere("hub", settings, config.web_port)
    there = Database(config.database_url)
    try:
        second.start()
        centre.add_spaces(5, "Während der Kopie")
        wait_until(centre.arrived, 60, "the living hub goes on")
        ours = open_install(city.hub_config.key_file).instance
        with there.reading() as session:
            assert terms.current(session).instance == ours
            assert HUB_LEDGER.replica_health(session, centre.feed).revision < 25
        subprocess.run(second.command_line("take-over"), cwd=ROOT, check=True, capture_output=True)
        wait_until(lambda: _superseded(city.hub_database) is not None, 60, "the older one hears of it")
        centre.add_spaces(5, "Danach")
        moved = Centre.__new__(Centre)
        moved.__dict__.update(centre.__dict__, _city=type("Second", (), {"hub_database": there}))
        wait_until(moved.arrived, 60, "agreement with the second hub")
        assert centre.hub_spaces() == 25
        with there.reading() as session:
            assert _superseded(city.hub_database) == terms.current(session).instance != ours
        city.hub.stop()
        city.hub.start()  # the older one does not come back by a restart
        centre.add_spaces(1, "Zuletzt")
        wait_until(moved.arrived, 60, "the houses stay with the second")
        assert centre.hub_spaces() == 25
    finally:
        second.stop()
        there.dispose()


def _superseded(database: Database) -> str | None:
    with database.reading() as session:
        row = session.get(HubTerm, 1)
        return row.higher_instance if row else None


def test_two_ingests_of_one_file_are_not_started_by_mistake(city: City) -> None:
    """The second one ends with words that name the folder and the way out."""
    program = "from hub.cli import main; main()"
    command = [sys.executable, "-c", program, "ingest", "--config", str(city.hub.settings)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode != 0
    assert "receives already" in second.stderr
    assert str(city.hub_config.data_folder) in second.stderr
