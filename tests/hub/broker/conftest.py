"""A real mosquitto with rights, and the hub that manages them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.config import HubConfig
from tests.system.brokers import SecureMosquitto


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[SecureMosquitto]:
    """A broker as `stadtherz-hub broker prepare` makes it, without any centre; mark the test with its service."""
    made = SecureMosquitto(tmp_path, HubConfig(city="duisburg", data_folder=tmp_path / "keys"))
    made.start()
    yield made
    made.stop()
