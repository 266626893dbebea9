"""A hub's database with a few records in it, on both engines."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.attendance.models import EventAttendance
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.core.db import Base
from hub.programme.models import Event
from hub.reports import sums
from hub.visits.models import HourCount, VisitDay
from shared.database import Database
from shared.ids import new_id
from shared.time import from_wire

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator["City"]:
    """An empty hub database, and short words to put records into it."""
    sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}" if sqlite else request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(database.engine)
    yield City(database)
    database.dispose()


@pytest.fixture
def records(database: Database) -> "City":
    """The same words for the database of the running app, where the job is never behind."""
    return City(database, at_once=True)


class City:
    """Puts records where ingest would put them."""

    def __init__(self, database: Database, *, at_once: bool = False) -> None:
        self.database = database
        self.at_once = at_once

    def add_up(self) -> int:
        """Do what the job does every two seconds; return how many notes there were."""
        worked_off = 0
        while True:
            with self.database.transaction() as session:
                done = sums.catch_up(session, BERLIN, at_most=7)
            worked_off += done
            if not done:
                return worked_off

    def _keep(self, record: Any) -> str:
        with self.database.transaction() as session:
            session.add(record)
        if self.at_once:
            self.add_up()
        return str(record.id)

    def centre(self, centre_id: str, district: str = "Hamborn", name: str | None = None, quarter: str = "") -> str:
        return self._keep(
            Centre(
                centre_id=centre_id,
                id=new_id(),
                name=name or centre_id.title(),
                kind="stadtteilzentrum",
                district=district,
                quarter=quarter,
            )
        )

    def visits(self, centre_id: str, hour: str, count: int, kind: str = "open_meeting", target_group: str = "") -> str:
        return self._keep(
            HourCount(
                centre_id=centre_id,
                id=new_id(),
                hour_starts_at=from_wire(hour),
                kind=kind,
                target_group=target_group,
                count=count,
            )
        )

    def booking(
        self,
        centre_id: str,
        starts: str,
        *,
        hours: float = 1,
        kind: str = "rental",
        state: str = "confirmed",
        event_id: str | None = None,
    ) -> str:
        starts_at = from_wire(starts)
        return self._keep(
            Booking(
                centre_id=centre_id,
                id=new_id(),
                space_id=new_id(),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=hours),
                kind=kind,
                state=state,
                event_id=event_id,
            )
        )

    def day(self, centre_id: str, day: date, state: str = "counted", *, complete: bool = True) -> str:
        complete = complete and state == "counted"
        return self._keep(VisitDay(centre_id=centre_id, id=new_id(), day=day, state=state, complete=complete))

    def attendance(self, centre_id: str, event_id: str, **numbers: int | None) -> str:
        at = from_wire("2026-10-01T00:00:00Z")
        return self._keep(EventAttendance(centre_id=centre_id, id=event_id, event_id=event_id, as_of=at, **numbers))

    def event(self, centre_id: str, starts: str, theme: str = "", state: str = "published", **said: Any) -> str:
        starts_at: datetime = from_wire(starts)
        return self._keep(
            Event(
                centre_id=centre_id,
                id=new_id(),
                kind="event",
                state=state,
                title="Reparaturcafé",
                theme=theme,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                updated_at=starts_at,
                **said,
            )
        )
