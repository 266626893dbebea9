"""A house's database on each engine, without the web."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import node.bookings.models
import node.equipment.models
import node.spaces.models  # noqa: F401 (their tables)
from node.core.db import Base
from shared.database import Database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A house's database, empty, on SQLite and on PostgreSQL."""
    url = f"sqlite:///{tmp_path}/house.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url)
    with database.engine.begin() as connection:
        Base.metadata.create_all(connection)
    yield database
    database.dispose()
