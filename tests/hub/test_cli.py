"""`stadtherz-hub` as somebody types it who sets up a city."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import main
from hub.config import PREFIX, HubConfig
from hub.core.in_use import in_use
from shared.config import load
from shared.keys import open_install

PASSWORD = "a long enough password"
SECRETS = {"STADTHERZ_PASSWORD": PASSWORD, "STADTHERZ_RECOVERY_CODE": "never asked for"}


def typed(file: Path, *words: str) -> Result:
    """Run a command with this file of settings."""
    return CliRunner().invoke(main, ["--config", str(file), *words], env=SECRETS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The settings of a hub that was just set up."""
    file = tmp_path / "hub.toml"
    done = typed(file, "init", "--city", "duisburg", "--city-name", "Duisburg")
    assert done.exit_code == 0, done.output
    return file


def test_a_hub_is_set_up_by_one_command(file: Path) -> None:
    """The settings can be read, secrets are for their owner only, and the key is printed again on wish."""
    config = load(HubConfig, file, {}, PREFIX)
    assert config.city_name == "Duisburg"
    assert stat.S_IMODE(config.secret_file.stat().st_mode) == 0o600
    assert typed(file, "public-key").output.strip() == open_install(config.key_file).public_key.text
    assert "verwaltung\tadministrator" in typed(file, "account", "list").output


def test_nothing_is_overwritten(file: Path) -> None:
    """A second init is refused and changes nothing."""
    before = file.read_bytes()
    refused = typed(file, "init", "--city", "essen")
    assert refused.exit_code == 2
    assert "Nothing was changed" in refused.stderr
    assert file.read_bytes() == before


def test_centres_are_admitted_listed_and_revoked(file: Path, tmp_path: Path) -> None:
    """A centre is known by its key until it is let go."""
    key = open_install(tmp_path / "centre.key").public_key.text
    assert typed(file, "centre", "admit", "alt-hamborn", "Alt-Hamborn", "--public-key", key).exit_code == 0
    assert typed(file, "centre", "list").output == f"alt-hamborn\tAlt-Hamborn\t{key}\n"
    assert typed(file, "centre", "revoke", "alt-hamborn").exit_code == 0
    assert typed(file, "centre", "list").output == ""


def test_a_hub_is_not_restored_beneath_its_running_site(file: Path, tmp_path: Path) -> None:
    """What people typed there would go into the database that was put aside."""
    (tmp_path / "some.backup").write_bytes(b"x")
    with in_use(load(HubConfig, file, {}, PREFIX).data_folder):
        refused = typed(file, "restore", str(tmp_path / "some.backup"), "--replace")
    assert refused.exit_code == 2
    assert "Stop site and ingest first" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("centre", "admit", "Alt Hamborn", "x", "--public-key", "y"), "a-z, 0-9"),
        (("centre", "admit", "alt-hamborn", "x", "--public-key", "y"), "not a public key"),
        (("centre", "revoke", "nowhere"), "no such centre"),
        (("account", "add", "Verwaltung"), "already an account"),
    ],
)
def test_what_cannot_be_done_is_one_line(file: Path, words: tuple[str, ...], said: str) -> None:
    """A refusal says in one line what to do, with exit code 2."""
    refused = typed(file, *words)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_the_key_of_the_hub_is_shown_and_changed(file: Path, tmp_path: Path) -> None:
    """Who does not believe the next key yet is named; a person can give the old one up."""
    config = load(HubConfig, file, {}, PREFIX)
    key = open_install(tmp_path / "centre.key").public_key.text
    typed(file, "centre", "admit", "alt-hamborn", "Alt-Hamborn", "--public-key", key)
    assert open_install(config.key_file).public_key.text in typed(file, "keys", "status").output
    changed = typed(file, "keys", "rotate")
    following = open_install(config.key_file).next_key
    assert following is not None
    assert following.text in changed.output
    assert "alt-hamborn\tnever heard" in changed.output
    assert typed(file, "keys", "rotate").exit_code == 2
    assert typed(file, "keys", "rotate", "--finish").exit_code == 0
    assert open_install(config.key_file).public_key == following
