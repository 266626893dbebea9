"""`stadtherz-node` as somebody types it who sets up a centre."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.app import create_app
from node.cli import main
from node.config import PREFIX, NodeConfig
from node.link.models import HubTrust
from shared.config import load
from shared.database import Database
from shared.keys import Hand, open_install
from shared.time import now

PASSWORD = "a long enough password"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "centre" / "node.toml"


def typed(file: Path, *words: str) -> Result:
    """Run a command with this file of settings."""
    return CliRunner().invoke(main, ["--config", str(file), *words], env={"STADTHERZ_PASSWORD": PASSWORD})


def set_up(file: Path, *more: str) -> Result:
    return typed(file, "init", "--centre-id", "alt-hamborn", "--city", "duisburg", *more)


def test_a_centre_is_set_up_by_one_command(file: Path) -> None:
    """Settings, keys, database and first account are there, secrets for their owner only, and the key is printed."""
    done = set_up(file, "--web-port", "0", "--account", "leitung")
    assert done.exit_code == 0, done.output
    config = load(NodeConfig, file, {}, PREFIX)
    assert (config.centre_id, config.city, config.web_port) == ("alt-hamborn", "duisburg", 0)
    for secret in (file, config.key_file, config.secret_file):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.data_folder.stat().st_mode) == 0o700
    assert done.output.splitlines()[-1] == open_install(config.key_file).public_key.text
    app = create_app(config)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/anmelden", data={"name": "leitung", "password": PASSWORD})
    assert answer.status_code == 302
    app.extensions["stadtherz.database"].dispose()


def test_nothing_is_overwritten(file: Path) -> None:
    """A second init changes nothing, neither with the same file nor with another one and the same data."""
    set_up(file)
    before = {path: path.read_bytes() for path in file.parent.rglob("*") if path.is_file()}
    again = set_up(file)
    other = set_up(file.with_name("other.toml"))
    assert (again.exit_code, other.exit_code) == (2, 2)
    assert "Nothing was changed" in again.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert not file.with_name("other.toml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--centre-id", "Alt Hamborn", "--city", "duisburg"), "'centre_id'"),
        (("--centre-id", "a", "--city", "duisburg", "--time-zone", "Europe/Nowhere"), "'time_zone'"),
        (("--centre-id", "a", "--city", "duisburg", "--password", "short"), "12 characters"),
    ],
)
def test_a_wrong_setting_is_named_and_leaves_nothing_behind(file: Path, words: tuple[str, ...], said: str) -> None:
    """What is wrong is said in one line with exit code 2, and a second try starts from nothing."""
    refused = typed(file, "init", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not file.exists()
    assert set_up(file).exit_code == 0


def test_accounts_are_added(file: Path) -> None:
    """A second account signs in with its role; the same name twice is refused."""
    set_up(file)
    assert typed(file, "account", "add", "Anna", "--role", "office").exit_code == 0
    assert "Anna\toffice" in typed(file, "account", "list").output
    refused = typed(file, "account", "add", "anna")
    assert (refused.exit_code, "already an account" in refused.stderr) == (2, True)


def test_the_link_is_switched(file: Path) -> None:
    """Off, on and status say how the link stands afterwards."""
    set_up(file)
    assert "alt-hamborn: off since" in typed(file, "link", "off").output
    assert "alt-hamborn: off since" in typed(file, "link").output
    assert "alt-hamborn: offline" in typed(file, "link", "on").output


def test_a_centre_of_the_demo_is_found_by_its_name(tmp_path: Path) -> None:
    """`--centre` looks into the demo's folder, and names the centres there are."""
    set_up(tmp_path / "centres" / "mitte" / "node.toml")
    env = {"STADTHERZ_DEMO": str(tmp_path)}
    assert "off since" in CliRunner().invoke(main, ["link", "--centre", "mitte", "off"], env=env).output
    refused = CliRunner().invoke(main, ["link", "--centre", "nowhere"], env=env)
    assert (refused.exit_code, "Centres: mitte." in refused.stderr) == (2, True)


def test_without_settings_nothing_is_guessed(tmp_path: Path) -> None:
    """No file, a missing file, and a file whose database is gone are each told."""
    assert "--config" in CliRunner().invoke(main, ["run"], env={}).stderr
    assert "cannot be read" in typed(tmp_path / "none.toml", "public-key").stderr
    lost = tmp_path / "lost.toml"
    lost.write_text(f'centre_id = "a"\ncity = "b"\ndata_folder = "{tmp_path}/nothing"\n', encoding="utf-8")
    assert "there is no database" in typed(lost, "link").stderr
    assert not (tmp_path / "nothing").exists()
    lost.write_text(lost.read_text(encoding="utf-8") + "colour = 1\n", encoding="utf-8")
    unknown = typed(lost, "link").stderr
    assert "lost.toml: unknown key 'colour'" in unknown


def test_keys_are_shown_and_changed(file: Path) -> None:
    """The next key waits until the city knows it; a new sealing key is in use at once, and asks for a backup."""
    set_up(file)
    config = load(NodeConfig, file, {}, PREFIX)
    install = open_install(config.key_file)
    shown = typed(file, "keys", "status").output
    assert install.instance in shown
    assert install.public_key.text in shown
    changed = typed(file, "keys", "rotate")
    assert changed.exit_code == 0, changed.output
    following = open_install(config.key_file).next_key
    assert following is not None
    assert following.text in changed.output
    again = typed(file, "keys", "rotate")
    assert again.exit_code == 2
    assert "under way already" in again.stderr
    sealing = typed(file, "keys", "rotate", "--sealing").output
    assert "new backup" in sealing
    assert "number 2" in sealing


def test_an_older_key_of_the_city_in_the_settings_is_named(file: Path) -> None:
    """The house goes on with what it learned, and says what to write."""
    old, new = (Hand(bytes((number,)) * 32).public_key.text for number in (1, 2))
    set_up(file, "--hub-public-key", old)
    config = load(NodeConfig, file, {}, PREFIX)
    database = Database(config.database_url)
    with database.transaction() as session:
        session.add(HubTrust(id=1, configured_key=old, believed_key=new, changed_at=now()))
    database.dispose()
    shown = typed(file, "keys", "status").output
    assert f'write hub_public_key = "{new}"' in shown
