"""The city tells what a house has counted from what it has not."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.core.db import Base
from hub.visits.models import VisitDay
from hub.visits.queries import Counted, counted
from shared.database import Database
from shared.ids import new_id

FIRST = date(2026, 11, 1)
BEFORE = date(2026, 11, 8)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty hub database, on both engines."""
    sqlite = request.param == "sqlite"
    made = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}" if sqlite else request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(made.engine)
    yield made
    made.dispose()


def keep(database: Database, centre_id: str, *days: tuple[str, bool], first: date = FIRST) -> None:
    """Put a record for each day from `first` on."""
    with database.transaction() as session:
        session.add_all(
            VisitDay(centre_id=centre_id, id=new_id(), day=first + timedelta(days=number), state=state, complete=whole)
            for number, (state, whole) in enumerate(days)
        )


def ask(database: Database) -> dict[str, Counted]:
    with database.reading() as session:
        return counted(session, FIRST, BEFORE)


def test_a_week_without_a_gap_is_complete(database: Database) -> None:
    """Counted days and closed ones are both known."""
    keep(database, "hochfeld", *[("counted", True)] * 5, *[("closed", False)] * 2)
    assert ask(database)["hochfeld"] == Counted(7, 7, 7, 0)
    assert ask(database)["hochfeld"].is_complete


def test_parts_gaps_and_silence_are_told_apart(database: Database) -> None:
    """One day in part, one not counted, five not said yet: nothing of it is a zero."""
    keep(database, "hochfeld", ("counted", False), ("not_counted", False))
    assert ask(database)["hochfeld"] == Counted(7, 2, 0, 1)
    assert not ask(database)["hochfeld"].is_complete


def test_only_the_days_asked_about_count(database: Database) -> None:
    """The day before and the day after are none of it, and each house stands for itself."""
    keep(database, "hochfeld", *[("counted", True)] * 9, first=FIRST - timedelta(days=1))
    keep(database, "marxloh", ("closed", False))
    assert ask(database) == {"hochfeld": Counted(7, 7, 7, 0), "marxloh": Counted(7, 1, 1, 0)}
