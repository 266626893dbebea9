"""What all tests share: real services where they are installed, left out by name where not."""

import os
from collections.abc import Iterator

import pytest

from tests.services import FINDERS, REQUIRE, postgres_cluster, postgres_database


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out if the service it is marked with is not installed."""
    for mark in item.iter_markers("service"):
        name = mark.args[0]
        if FINDERS[name]() is None:
            if os.environ.get(REQUIRE):
                pytest.fail(f"{name} is not installed, and {REQUIRE} is set")
            pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private PostgreSQL for this run of the tests."""
    with postgres_cluster() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database on a private PostgreSQL; mark the test with `service("postgresql")`."""
    with postgres_database(postgres_server) as url:
        yield url
