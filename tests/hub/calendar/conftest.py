"""A hub's database with records of centres in it, the way ingest leaves them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

import hub.app  # noqa: F401 (all tables of the hub)
from hub.calendar import search
from hub.centres.models import Centre
from hub.programme.models import Event
from shared.ids import new_id
from shared.time import at_local

ZONE = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 23)  # a Monday, winter time
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def index(session: Session) -> Callable[[], int]:
    """Bring the search index up to date; returns how many events were due."""

    def caught_up() -> int:
        total = 0
        while number := search.catch_up(session):
            total += number
        return total

    return caught_up


def local(start: str, day: date = DAY) -> datetime:
    """Return the instant at which the clocks of Berlin show `start` on `day`."""
    return at_local(day, time.fromisoformat(start), ZONE)


def put_event(
    session: Session,
    title: str = "Offenes Frühstück",
    start: str = "10:00",
    day: date = DAY,
    *,
    centre: str = "alt-hamborn",
    lasts: timedelta = timedelta(hours=2),
    **said: Any,
) -> str:
    """Put an event there as ingest does, with a Core statement; return its id."""
    event_id = said.pop("event_id", None) or new_id()
    starts_at = said.pop("starts_at", None) or local(start, day)
    record = {
        "centre_id": centre, "id": event_id, "title": title, "kind": "event", "state": "published",
        "starts_at": starts_at, "ends_at": starts_at + lasts, "updated_at": NOW, **said,
    }  # fmt: skip
    session.connection().execute(insert(Event.__table__), [record])
    return event_id


def put_centre(session: Session, centre: str = "alt-hamborn", district: str = "Hamborn", **said: Any) -> None:
    """Put the profile of a centre there."""
    record = {"centre_id": centre, "id": new_id(), "name": centre.title(), "kind": "stadtteilbuero", **said}
    session.connection().execute(insert(Centre.__table__), [{**record, "district": district}])
