"""`stadtherz-hub broker` as somebody types it who sets up or replaces a city's broker."""

import shutil
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import main
from hub.config import PREFIX, HubConfig
from hub.core.broker import Membership, access_for, grant
from hub.core.broker.commands import until_right
from hub.core.broker.preparing import Place, settings_text
from hub.core.broker.reconciling import look
from hub.core.db import open_database
from hub.network.models import Member
from shared.config import load
from shared.time import now
from tests.system.brokers import SecureMosquitto

HERE = Path(__file__).parents[3]


def typed(file: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(file), "broker", *words])


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hub that was just set up."""
    folder = tmp_path_factory.mktemp("city")
    words = ["--config", str(folder / "hub.toml"), "init", "--city", "duisburg", "--city-name", "Duisburg"]
    assert CliRunner().invoke(main, words, env={"STADTHERZ_PASSWORD": "a long enough password"}).exit_code == 0
    return folder


@pytest.fixture
def file(hub: Path, tmp_path: Path) -> Path:
    """The settings of a hub of the test's own, with one centre."""
    shutil.copytree(hub / "data", tmp_path / "data")
    copied = tmp_path / "hub.toml"
    copied.write_text((hub / "hub.toml").read_text().replace(str(hub), str(tmp_path)))
    add_member(copied, "marxloh")
    return copied


def add_member(file: Path, centre_id: str) -> None:
    database = open_database(load(HubConfig, file, {}, PREFIX).database_url)
    with database.transaction() as session:
        key = "ed25519:" + "A" * 43
        session.add(Member(centre_id=centre_id, name=centre_id, public_key=key, admitted_at=now(), access_number=4))
    database.dispose()


def test_a_folder_with_everything_is_prepared(file: Path, tmp_path: Path) -> None:
    """Secrets are for their owner alone and not on the screen; the hub's settings are ready to be copied."""
    folder = tmp_path / "broker"
    done = typed(file, "prepare", "--name", "mqtt.example", str(folder))
    assert done.exit_code == 0, done.output
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o600} == {
        "broker.key",
        "dynamic-security.json",
        "hub-settings.toml",
    }
    said = tomllib.loads((folder / "hub-settings.toml").read_text())
    assert (said["broker_host"], said["broker_port"], said["broker_tls"]) == ("mqtt.example", 8883, True)
    assert said["broker_password"] not in done.output
    rights = (folder / "dynamic-security.json").read_text()
    assert '"node-marxloh"' in rights
    assert said["broker_admin_password"] not in rights


def test_a_folder_that_holds_something_is_refused(file: Path, tmp_path: Path) -> None:
    """Nothing is overwritten, and nothing is written beside it."""
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    done = typed(file, "prepare", "--name", "mqtt.example", str(folder))
    assert done.exit_code == 2
    assert "is not empty" in done.output
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_without_an_administrator_of_rights_the_commands_say_which_setting_lacks(file: Path) -> None:
    """One line and exit code 2."""
    for words in (("show",), ("reconcile",)):
        done = typed(file, *words)
        assert (done.exit_code, "broker_admin_user" in done.output) == (2, True)


def test_a_node_that_is_set_up_by_hand_gets_a_file(file: Path, tmp_path: Path) -> None:
    """Its settings with the password, for its owner alone; a stranger gets none."""
    typed(file, "prepare", "--name", "mqtt.example", str(tmp_path / "broker"))
    with file.open("a") as settings:
        settings.write((tmp_path / "broker" / "hub-settings.toml").read_text())
    target = tmp_path / "marxloh.toml"
    assert typed(file, "access", "marxloh", str(target)).exit_code == 0
    said = tomllib.loads(target.read_text())
    expected = access_for(load(HubConfig, file, {}, PREFIX), "marxloh", 4)
    assert (said["broker_user"], said["broker_password"]) == (expected.user, expected.password)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert typed(file, "access", "walsum", str(tmp_path / "walsum.toml")).exit_code == 2


def test_the_settings_in_deploy_are_those_that_are_written() -> None:
    """What people read there is what `prepare` writes."""
    shown = (HERE / "deploy" / "mosquitto" / "mosquitto.conf").read_text()
    assert shown == settings_text(Place(plugin="/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so"))


@pytest.fixture
def running(file: Path, tmp_path: Path) -> Iterator[SecureMosquitto]:
    """A broker that belongs to the hub, running; it does not know the centre yet."""
    broker = SecureMosquitto(tmp_path, load(HubConfig, file, {}, PREFIX)).start()
    with file.open("a") as settings:
        settings.write((broker.folder / "hub-settings.toml").read_text())
    yield broker
    broker.stop()


@pytest.mark.service("mosquitto")
def test_show_tells_the_difference_and_reconcile_removes_it(file: Path, running: SecureMosquitto) -> None:
    """Exit code 1 while something differs."""
    before = typed(file, "show")
    assert (before.exit_code, "to be let in: 2 (node-marxloh, sensor-marxloh)" in before.output) == (1, True)
    assert "certificate valid until" in before.output
    assert typed(file, "reconcile").exit_code == 0
    after = typed(file, "show")
    assert (after.exit_code, "to be let in: 0" in after.output) == (0, True)


@pytest.mark.service("mosquitto")
def test_who_joins_or_is_let_go_between_two_rounds_is_treated_so(file: Path, running: SecureMosquitto) -> None:
    """A stranger of the first round is a member in the second; who was let go meanwhile is not let in again."""
    config = load(HubConfig, file, {}, PREFIX)
    grant(config, "walsum", 1)
    first = Membership({"marxloh": 4}, frozenset())
    then = Membership({"walsum": 1}, frozenset({"marxloh"}))
    rounds = iter([first, then])
    until_right(config, lambda: next(rounds, then))
    assert look(config, then, now()).is_right


@pytest.mark.service("mosquitto")
def test_a_renewed_certificate_is_taken_up_without_a_restart(file: Path, running: SecureMosquitto) -> None:
    """mosquitto reads it anew on a signal; the hub trusts it as before."""
    before = (running.folder / "broker.pem").read_text()
    words = ("certificate", "--name", "localhost", "--name", "127.0.0.1", str(running.folder))
    assert typed(file, *words).exit_code == 0
    assert (running.folder / "broker.pem").read_text() != before
    subprocess.run(["kill", "-HUP", str(running.pid)], check=True)
    assert typed(file, "reconcile").exit_code == 0
