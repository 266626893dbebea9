"""The programme as rows, on both engines: each event once, however many begin at the same time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.core.db import Base
from hub.open_data import programme
from hub.open_data.columns import Frame
from hub.open_data.terms import Terms
from hub.open_data.visits import VISITS
from shared.database import Database
from tests.hub.reports.conftest import City

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    """An empty hub database on each engine."""
    sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}" if sqlite else request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(database.engine)
    yield City(database)
    database.dispose()


def frame(city: City) -> Frame:
    return Frame("Duisburg", BERLIN, datetime(2026, 11, 23, 9, tzinfo=UTC), Terms("Stadt"), "/", city.database)


def test_pieces_neither_lose_nor_repeat(city: City) -> None:
    """Ten events at three instants, read three at a time, in the order of time."""
    instants = ["2026-11-25T10:00:00Z"] * 5 + ["2026-11-24T10:00:00Z"] * 3 + ["2026-12-24T10:00:00Z"] * 2
    ids = {city.event("hamborn", at) for at in instants}
    city.event("hamborn", "2029-01-01T10:00:00Z")
    with city.database.reading() as session:
        found = list(programme.rows(session, frame(city), at_once=3))
    assert {row[0] for row in found} == ids
    assert len(found) == len(ids)
    begins = [row[14] for row in found]
    assert begins == sorted(begins)


def test_the_mark_follows_every_change(city: City) -> None:
    """A new event changes it; looking again does not."""
    city.event("hamborn", "2026-11-25T10:00:00Z")
    with city.database.reading() as session:
        first, again = (programme.mark(session, frame(city)) for _ in range(2))
    assert first == again
    city.event("hamborn", "2026-11-26T10:00:00Z")
    with city.database.reading() as session:
        assert programme.mark(session, frame(city)) != first


def test_visits_of_an_unknown_district_are_in_the_city(city: City, app: object) -> None:
    """A house whose profile has not arrived counts; it stands under a name of its own."""
    city.centre("hamborn")
    city.visits("hamborn", "2026-09-07T08:00:00Z", 80)
    city.visits("walsum", "2026-09-07T08:00:00Z", 70)
    city.add_up()
    with app.test_request_context(), city.database.reading() as session:  # type: ignore[attr-defined]
        found = {(row[0], row[2], row[3]): row[5] for row in VISITS.rows(session, frame(city))}
    assert found["2026-09", "Hamborn", "alle"] == 80
    assert found["2026-09", "unbekannt", "alle"] == 70
    assert found["2026-09", "alle", "alle"] == 150
