"""Calls about the houses: who they are, when they are open, whether one may walk in now."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from marshmallow import fields
from sqlalchemy.orm import Session

from hub.api.desk import answered, as_dict, calls
from hub.centres import queries
from hub.centres.models import Centre
from hub.network import queries as network_queries
from hub.opening_hours import queries as hours_queries
from shared.records.base import Day, Instant
from shared.records.opening_hours import PUBLIC_KINDS, next_opening, open_at, open_until, slots_on
from shared.time import find_zone, now, to_wire
from shared.web import zone
from shared.web.calls import Problem
from shared.web.shapes import Shape, columns_shape

api = calls("centres", "The houses, their opening hours, whether they are open.")
WEEK = 7


class OpenNow(Shape):
    """Whether one may walk in, until when, and when next if not; null where nobody has told the hours."""

    centre_id = fields.String()
    name = fields.String()
    open = fields.Boolean(allow_none=True)
    until = Instant(allow_none=True)
    opens_at = Instant(allow_none=True)


class OpenNowList(Shape):
    as_of = Instant()
    items = fields.List(fields.Nested(OpenNow))


class Slot(Shape):
    starts_at = Instant()
    ends_at = Instant()
    kind = fields.String()
    note = fields.String()


class OpenDay(Shape):
    date = Day()
    slots = fields.List(fields.Nested(Slot))


class Hours(Shape):
    """The coming week, exceptions and holidays worked in; no slots: closed."""

    time_zone = fields.String()
    known = fields.Boolean(metadata={"description": "false: the house has told no hours yet"})
    days = fields.List(fields.Nested(OpenDay))


_MORE: dict[str, Any] = {
    "url": fields.URL(),
    "as_of": Instant(allow_none=True, metadata={"description": "When its data were last proven complete here"}),
}
CentreShown = columns_shape(Centre, "Centre", queries.PROFILE, **_MORE)


class CentreList(Shape):
    items = fields.List(fields.Nested(CentreShown))


class CentresWanted(Shape):
    bezirk = fields.String(load_default="", metadata={"description": "Name of a district"})
    stadtteil = fields.String(load_default="", metadata={"description": "Name of a quarter"})


@api.get("")
@api.arguments(CentresWanted, location="query")
@api.response(200, CentreList)
@answered(CentresWanted)
def centres(session: Session, asked: dict[str, str]) -> Any:
    """List the houses by name."""
    as_of = _as_of(session)
    return {"items": [_written(row, as_of) for row in _wanted(session, asked)]}


@api.get("/open-now")
@api.arguments(CentresWanted, location="query")
@api.response(200, OpenNowList)
@answered(CentresWanted)
def open_now(session: Session, asked: dict[str, str]) -> Any:
    """Tell which houses one may walk into now."""
    at = now().replace(second=0)  # the same answer for a minute
    hours = hours_queries.hours_of_many(session, None)
    gone = network_queries.revoked(session)  # what they told last may be true no more
    items = []
    for row in _wanted(session, asked):
        told, own_zone = () if row.centre_id in gone else hours.get(row.centre_id, ()), _zone_of(row.time_zone)
        until = open_until(at, told, own_zone, PUBLIC_KINDS)
        opens = next_opening(at, told, own_zone, kinds=PUBLIC_KINDS) if told and not until else None
        items.append(
            {
                "centre_id": row.centre_id,
                "name": row.name,
                "open": open_at(at, told, own_zone, PUBLIC_KINDS) is not None if told else None,
                "until": until,
                "opens_at": opens.starts_at if opens else None,
            }
        )
    return {"as_of": to_wire(at), "items": items}


@api.get("/<centre_id>")
@api.response(200, CentreShown)
@answered()
def centre(session: Session, centre_id: str) -> Any:
    """Show a house."""
    return _written(_found(session, centre_id), _as_of(session))


@api.get("/<centre_id>/hours")
@api.response(200, Hours)
@answered()
def hours(session: Session, centre_id: str) -> Any:
    """Tell when a house is open today and in the six days after."""
    own_zone = _zone_of(_found(session, centre_id).time_zone)
    told = hours_queries.hours_of(session, centre_id)
    today = now().astimezone(own_zone).date()
    days = [today + timedelta(days=number) for number in range(WEEK)]
    return {
        "time_zone": str(own_zone),
        "known": bool(told),
        "days": [{"date": day, "slots": [slot._asdict() for slot in slots_on(day, told, own_zone)]} for day in days],
    }


def _wanted(session: Session, asked: dict[str, str]) -> list[Any]:
    return [
        row
        for row in queries.profiles(session)
        if asked["bezirk"] in ("", row.district) and asked["stadtteil"] in ("", row.quarter)
    ]


def _found(session: Session, centre_id: str) -> Any:
    row = queries.find_profile(session, centre_id)
    if row is None:
        raise Problem(404, "centre_unknown", "There is no such house, or its profile has not arrived yet.")
    return row


def _as_of(session: Session) -> dict[str, Any]:
    return {one.centre_id: one.as_of for one in network_queries.expected_centres(session)}


def _written(row: Any, as_of: dict[str, Any]) -> dict[str, Any]:
    url = url_for("calendar.house", centre_id=row.centre_id, _external=True)
    return {**as_dict(row), "url": url, "as_of": as_of.get(row.centre_id)}


def _zone_of(name: str) -> ZoneInfo:
    """Return the zone that a house says it is in; the city's for a name that this system does not have."""
    return find_zone(name) or zone()
