"""A running house notices what another process wrote into its link file, and begins its link anew only for a reason."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from node import link as city_link
from node.app import create_app
from node.cli import main
from node.config import load_node
from node.core import link_file
from node.joining import service
from node.joining.renewal import Renewal
from shared.broker import free_port
from shared.errors import ConfigError
from shared.keys import open_install
from tests.joining import WELCOME


class House:
    """A running centre that has no city yet."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "node.toml"
        words = ["--config", str(self.file), "init", "--centre-id", "ruhrort", "--city", "duisburg"]
        assert CliRunner().invoke(main, words, env={"STADTHERZ_PASSWORD": "a long enough password"}).exit_code == 0
        self.config = load_node(self.file, {})
        self.app: Flask = create_app(self.config)
        self.renewal = Renewal(self.app, self.file, self.app.extensions["stadtherz.database"])
        hub = open_install(folder / "hub.key").public_key.text
        near = {"broker_host": "127.0.0.1", "broker_port": free_port(), "broker_tls": False, "broker_ca": ""}
        self.welcome = replace(WELCOME, hub_public_key=hub, **near)

    @property
    def link(self) -> city_link.Link | None:
        return self.app.extensions.get(city_link.EXTENSION)

    def look(self) -> city_link.Link | None:
        self.renewal.look()
        return self.link

    def says(self) -> str:
        return str(self.app.test_client().get("/verbindung.json").json["text"])

    def end(self) -> None:
        if self.link:
            self.link.stop()
        self.app.extensions["stadtherz.database"].dispose()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.end()


def test_nothing_new_changes_nothing(house: House) -> None:
    """A house without a city stays without one."""
    assert house.look() is None
    assert house.says() == "Mit keiner Stadt verbunden"


def test_a_house_that_joins_gets_its_link(house: House) -> None:
    """And its pages say how it stands."""
    service.keep(house.welcome, house.config.data_folder)
    link = house.look()
    assert link is not None
    assert link.alive
    assert "Keine Verbindung" in house.says()
    assert house.app.extensions["stadtherz.config"].broker_password == "geheim"


def test_new_credentials_begin_the_link_anew(house: House) -> None:
    """The old one has ended; a second look finds nothing to do."""
    service.keep(house.welcome, house.config.data_folder)
    first = house.look()
    service.keep(replace(house.welcome, broker_password="neu"), house.config.data_folder)
    second = house.look()
    assert first is not None
    assert (first is second, first.alive) == (False, False)
    assert house.look() is second


def test_a_link_that_could_not_begin_is_tried_again(house: House) -> None:
    """The disk was full or a key unreadable for a moment: the house must not stay without a link until a restart."""
    service.keep(house.welcome, house.config.data_folder)
    house.look()
    service.keep(replace(house.welcome, broker_password="neu"), house.config.data_folder)
    house.config.key_file.chmod(0o644)
    with pytest.raises(ConfigError):
        house.look()
    assert house.link is None
    house.config.key_file.chmod(0o600)
    link = house.look()
    assert link is not None
    assert link.alive


def test_what_the_link_learned_by_itself_cuts_nothing(house: House, tmp_path: Path) -> None:
    """The hub changed its key and told so by the link, which wrote it down."""
    service.keep(house.welcome, house.config.data_folder)
    first = house.look()
    link_file.renew(house.config.link_file, hub_public_key=open_install(tmp_path / "new hub.key").public_key.text)
    assert house.look() is first


def test_a_house_that_leaves_has_no_link(house: House) -> None:
    """It works on by itself, and its pages say so."""
    service.keep(house.welcome, house.config.data_folder)
    first = house.look()
    link_file.renew(house.config.link_file, hub_public_key="")
    assert house.look() is None
    assert first is not None
    assert not first.alive
    assert house.says() == "Mit keiner Stadt verbunden"


def test_a_link_that_waits_for_a_reason_is_not_begun(house: House) -> None:
    """A recovered house hears first who was erased; new credentials do not hurry it."""
    service.keep(house.welcome, house.config.data_folder)
    house.app.extensions["stadtherz.config"] = load_node(house.file, {})
    house.renewal = Renewal(house.app, house.file, house.app.extensions["stadtherz.database"])
    service.keep(replace(house.welcome, broker_password="neu"), house.config.data_folder)
    assert house.look() is None
