"""One house whose records cannot be reckoned holds up no other, and is not forgotten."""

from collections.abc import Callable, Set
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub import occupancy, reports
from hub.bookings.models import Booking
from hub.core import due, jobs
from hub.core.due import DueHouse
from hub.core.rounds import HouseFailed, in_rounds
from hub.occupancy.models import OccupancyMonth
from hub.reports.models import ReportDue, ReportSum
from hub.spaces.models import Space
from hub.visits.models import HourCount
from shared.database import Database
from shared.ids import new_id

HOUSES = ("hamborn", "homberg", "walsum")
HOUR = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def reckoned(app: Flask, database: Database) -> list[str]:
    """All houses are due; what was reckoned of them is listed here."""
    with database.transaction() as session:
        due.put(session, due.NORM, HOUSES)
    return []


def failing(reckoned: list[str], house: str, error: Exception) -> Callable[[Session, str], None]:
    def reckon(_session: Session, centre_id: str) -> None:
        if centre_id == house:
            raise error
        reckoned.append(centre_id)

    return reckon


def test_the_other_houses_are_reckoned(app: Flask, database: Database, reckoned: list[str]) -> None:
    """The one that failed stays due, and the run says whose failure it was."""
    with app.app_context(), pytest.raises(HouseFailed, match="homberg") as failed:
        due.catch_up(due.NORM, failing(reckoned, "homberg", ValueError("a day that is none")))
    assert isinstance(failed.value.__cause__, ValueError)
    assert {"hamborn", "walsum"} <= set(reckoned)
    with database.reading() as session:
        assert session.scalars(select(DueHouse.centre_id).where(DueHouse.purpose == due.NORM)).all() == ["homberg"]


def test_a_database_that_is_away_is_no_house_s_fault(app: Flask, database: Database, reckoned: list[str]) -> None:
    """The run ends at once, and everything stays due."""
    away = OperationalError("", {}, Exception("disk I/O error"))
    with app.app_context(), pytest.raises(OperationalError):
        due.catch_up(due.NORM, failing(reckoned, "hamborn", away))
    with database.reading() as session:
        assert len(session.scalars(select(DueHouse.centre_id).where(DueHouse.purpose == due.NORM)).all()) == len(HOUSES)


def test_rounds_end_with_the_work(app: Flask) -> None:
    """Something false ends them; the number of rounds does, too."""
    left = [3, 2, 1]
    endless: list[int] = []
    with app.app_context():
        in_rounds(lambda _aside: left.pop() - 1, 10)
        in_rounds(lambda _aside: endless.append(1) or True, 5)
    assert left == [3, 2]
    assert len(endless) == 5


def test_a_program_that_ends_waits_for_one_round_at_most(app: Flask) -> None:
    """The rest waits for the next start: whoever stops the service need not kill it."""
    done: list[int] = []

    def one_round(_aside: Set[str]) -> bool:
        done.append(1)
        jobs.stop(app)
        return True

    with app.app_context():
        in_rounds(one_round, 50)
    assert len(done) == 1


@pytest.fixture
def poisoned(app: Flask, database: Database) -> Database:
    """Three houses with visits and a space each; at one of them the instants are no instants."""
    with database.transaction() as session:
        for house in HOUSES:
            record = {"centre_id": house, "id": new_id(), "hour_starts_at": HOUR, "count": 4}
            session.add(HourCount(**record, kind="open_meeting", target_group=""))
            session.add(Space(centre_id=house, id=new_id(), name="Saal", kind="multi_purpose", bookable=True))
    with database.transaction() as session:
        session.execute(text("UPDATE visits SET hour_starts_at = 'gestern' WHERE centre_id = 'hamborn'"))
    return database


def test_reports_of_the_other_houses_go_on(app: Flask, poisoned: Database) -> None:
    """Their visits are added up; those of the broken house stay noted and the job says so."""
    with app.app_context(), pytest.raises(HouseFailed, match="hamborn"):
        reports.catch_up()
    with poisoned.reading() as session:
        assert set(session.scalars(select(ReportSum.centre_id))) == {"homberg", "walsum"}
        assert set(session.scalars(select(ReportDue.centre_id))) == {"hamborn"}


def test_occupancy_of_the_other_houses_goes_on(app: Flask, poisoned: Database) -> None:
    """Their spaces have their months; the house with a booking at no time at all has none, and the job says so."""
    with poisoned.transaction() as session:
        for space in session.scalars(select(Space)):
            record = {"centre_id": space.centre_id, "id": new_id(), "space_id": space.id, "state": "confirmed"}
            session.add(Booking(**record, starts_at=HOUR, ends_at=HOUR + timedelta(hours=2), kind="rental"))
    with poisoned.transaction() as session:
        session.execute(text("UPDATE bookings SET ends_at = '2026-11-20 12:00' WHERE centre_id = 'hamborn'"))
    with app.app_context(), pytest.raises(HouseFailed, match="hamborn"):
        occupancy.catch_up()
    with poisoned.reading() as session:
        assert set(session.scalars(select(OccupancyMonth.centre_id))) == {"homberg", "walsum"}
