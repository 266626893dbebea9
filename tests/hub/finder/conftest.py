"""A hub's database with houses, spaces and bookings in it, the way ingest leaves them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

import hub.app  # noqa: F401 (all tables of the hub)
from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.finder.answers import Answer, Found
from hub.finder.queries import find
from hub.finder.wishes import Wish
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space, SpaceHours
from shared.ids import new_id
from shared.time import at_local

ZONE = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 23)  # a Monday, winter time
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def local(clock: str, day: date = DAY) -> datetime:
    """Return the instant at which the clocks of Berlin show `clock` on `day`."""
    return at_local(day, time.fromisoformat(clock), ZONE)


def put(session: Session, table: Any, **said: Any) -> str:
    """Put a record there with a Core statement; return its id."""
    record = {"centre_id": "hamborn", "id": new_id(), **said}
    session.connection().execute(insert(table.__table__), [record])
    return str(record["id"])


def put_house(session: Session, centre_id: str = "hamborn", district: str = "Hamborn", **said: Any) -> str:
    """Put the profile of a house there, and let it be open from eight to ten at night every day."""
    hours = said.pop("hours", [("open", None, "08:00", "22:00")])
    put(
        session,
        Centre,
        **{"centre_id": centre_id, "name": centre_id.title(), "kind": "stadtteilbuero", "district": district, **said},
    )
    for kind, weekday, opens, closes in hours:
        put_hours(session, kind, weekday, opens, closes, centre_id=centre_id)
    return centre_id


def put_hours(session: Session, kind: str, weekday: int | None, opens: str, closes: str, **said: Any) -> str:
    """Put one row of opening hours there."""
    return put(
        session,
        OpeningHours,
        **{"kind": kind, "weekday": weekday, "opens_local": opens, "closes_local": closes, **said},
    )


def put_space(session: Session, name: str = "Saal", **said: Any) -> str:
    """Put a space there."""
    return put(session, Space, **{"name": name, "kind": "multi_purpose", **said})


def put_guest_hours(session: Session, space_id: str, opens: str, closes: str, **said: Any) -> str:
    """Put hours of a guest space there, of every day unless said otherwise."""
    return put(session, SpaceHours, space_id=space_id, opens_local=opens, closes_local=closes, **said)


def put_booking(session: Session, space_id: str, start: str, end: str, day: date = DAY, **said: Any) -> str:
    """Put a confirmed booking there, by wall times of Berlin; `last` is its last day if that is another."""
    last = said.pop("last", day)
    times = {"starts_at": local(start, day), "ends_at": local(end, last)}
    return put(session, Booking, **{"space_id": space_id, "kind": "rental", "state": "confirmed", **times, **said})


def ask(session: Session, starts: str | None = "10:00", hours: float = 2, now: datetime = NOW, **said: Any) -> Found:
    """Look for a room on Monday."""
    wall = time.fromisoformat(starts) if starts else None
    page = said.pop("page", 1)
    per_page = said.pop("per_page", 20)
    wish = Wish(**{"day": DAY, "starts": wall, "length_min": int(hours * 60), **said})
    return find(session, wish, now, ZONE, page=page, per_page=per_page)


def answer(session: Session, **said: Any) -> Answer:
    """Look for a room and return the only answer."""
    (only,) = ask(session, **said).answers
    return only


def told(one: Answer) -> str:
    """Return an answer in short: `free 10:00`, `first_time 24.11. 08:00`, `never`."""
    if one.starts_at is None:
        return one.verdict.value
    at = one.starts_at.astimezone(ZONE)
    return f"{one.verdict} {at:%H:%M}" if at.date() == DAY else f"{one.verdict} {at:%d.%m. %H:%M}"
