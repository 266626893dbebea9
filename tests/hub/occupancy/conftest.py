"""A hub's database with houses in it, the way ingest leaves them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

import hub.app  # noqa: F401 (all tables of the hub)
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.occupancy import summing
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space, SpaceHours
from shared.ids import new_id
from shared.time import from_wire

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUSE = "alt-hamborn"


def catch_up(session: Session, now: datetime = NOW) -> int:
    """Do what the job does, to the end; return how many months were added up."""
    summing.look_ahead(session, now, ZONE)
    while summing.take_up(session):
        pass
    total = 0
    while number := summing.work_off(session):
        total += number
    return total


def id_born(day: date, number: int = 0) -> str:
    """Return the id of a record that was made at noon of that day."""
    milliseconds = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)
    text = f"{milliseconds:012x}"
    return f"{text[:8]}-{text[8:]}-7000-8000-{number:012x}"


def put(session: Session, table: Any, centre: str = HOUSE, **said: Any) -> str:
    """Put a record there as ingest does, with a Core statement; return its id."""
    record_id: str = said.pop("id", None) or new_id()
    session.connection().execute(insert(table.__table__), [{"centre_id": centre, "id": record_id, **said}])
    return record_id


def put_centre(session: Session, centre: str = HOUSE, **said: Any) -> None:
    usual = {"name": centre.title(), "kind": "stadtteilzentrum", "district": "Hamborn", "closed_on_holidays": False}
    put(session, Centre, centre, **{**usual, **said})


def put_space(
    session: Session, name: str = "Saal", centre: str = HOUSE, *, born: date = date(2026, 9, 1), **said: Any
) -> str:
    """Put a space there that was born on a day."""
    number = sum(name.encode())
    usual = {"name": name, "kind": "multi_purpose", "bookable": True, "is_guest_space": False}
    return put(session, Space, centre, **{"id": id_born(born, number), **usual, **said})


def put_hours(session: Session, opens: str, closes: str, centre: str = HOUSE, **said: Any) -> str:
    """Put opening hours there, of every day unless said otherwise."""
    usual = {"kind": "open", "weekday": None, "closed": False}
    return put(session, OpeningHours, centre, **{**usual, "opens_local": opens, "closes_local": closes, **said})


def put_guest_hours(session: Session, space_id: str, opens: str, closes: str, **said: Any) -> str:
    return put(session, SpaceHours, **{"space_id": space_id, "opens_local": opens, "closes_local": closes, **said})


def put_booking(
    session: Session, space_id: str, starts: str, hours: float = 1, centre: str = HOUSE, **said: Any
) -> str:
    """Book a space from an instant, `2026-11-23T09:00:00Z`."""
    starts_at = from_wire(starts)
    usual = {"kind": "rental", "state": "confirmed"}
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}
    return put(session, Booking, centre, **{"space_id": space_id, **times, **usual, **said})
