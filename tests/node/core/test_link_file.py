"""The settings that the program itself keeps: beneath those of the administration."""

import stat
from pathlib import Path

import pytest

from node.config import load_node
from node.core import link_file
from shared.errors import ConfigError


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A centre's TOML file."""
    file = tmp_path / "node.toml"
    file.write_text(f'centre_id = "alt-hamborn"\ncity = "duisburg"\ndata_folder = "{tmp_path}"\nbroker_port = 1884\n')
    return file


def test_what_the_city_told_counts_where_nobody_else_says_anything(settings: Path) -> None:
    """The link file gives the host; the port of the administration and the name from the environment win."""
    file = settings.parent / "link.toml"
    link_file.renew(file, broker_host="broker.example", broker_port=8883, broker_user="node-alt-hamborn")
    config = load_node(settings, {"STADTHERZ_NODE_BROKER_USER": "other"})
    assert (config.broker_host, config.broker_port, config.broker_user) == ("broker.example", 1884, "other")


def test_renewing_keeps_the_rest_and_lets_nobody_else_read(settings: Path) -> None:
    """One setting changes, the others stay, and the file belongs to its owner alone."""
    file = settings.parent / "link.toml"
    link_file.renew(file, broker_host="one.example", broker_password="first")
    link_file.renew(file, broker_password='sec"ond\\')
    config = load_node(settings, {})
    assert (config.broker_host, config.broker_password) == ("one.example", 'sec"ond\\')
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in settings.parent.iterdir()) == ["link.toml", "node.toml"]


def test_a_broken_link_file_is_named(settings: Path) -> None:
    """Neither reading nor renewing goes on with half a file."""
    file = settings.parent / "link.toml"
    file.write_text("broker_host = ")
    with pytest.raises(ConfigError, match=r"link\.toml"):
        load_node(settings, {})
    with pytest.raises(ConfigError, match=r"link\.toml"):
        link_file.renew(file, broker_host="x")
    assert file.read_text() == "broker_host = "


def test_an_unknown_key_in_it_is_refused_by_name(settings: Path) -> None:
    """As in the other file."""
    (settings.parent / "link.toml").write_text('broker_hots = "x"\n')
    with pytest.raises(ConfigError, match=r"link\.toml: unknown key 'broker_hots'"):
        load_node(settings, {})


def test_a_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    """Also one that refuses even to remove what is not there, as a read-only one does."""
    file = tmp_path / f"{'l' * 250}.toml"  # no room for a name beside it
    with pytest.raises(ConfigError, match="cannot be written"):
        link_file.renew(file, hub_url="https://hub.example")
