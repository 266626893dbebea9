"""The page of a house as the city shows it: when it is open, where it is, what is on next."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.calendar.showing import shown
from hub.calendar.views import pages
from hub.calendar.wishes import late_houses
from hub.centres import queries as centre_queries
from hub.core.db import reading
from hub.network import queries as network_queries
from hub.opening_hours import queries as hours_queries
from hub.spaces import queries as space_queries
from shared.records.opening_hours import HoursKind, Slot, next_opening, open_at, open_until, slots_on
from shared.records.spaces import Seating
from shared.time import find_zone, local_day, now
from shared.web import vocabulary, zone
from shared.web.languages import language

HOURS_KINDS = {  # "open" needs no word
    HoursKind.CONSULTATION: _l("consultation hours"),
    HoursKind.SELF_MANAGED: _l("self-managed use"),
    HoursKind.BY_APPOINTMENT: _l("by appointment"),
}
EVENTS_SHOWN = 8
WEEK = 7


@dataclass(frozen=True)
class OpenDay:
    """A day of the coming week; no slots: the house is closed."""

    date: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Room:
    """A space as its house tells it; `seats` are (seating, persons), `free` the hours of a guest space."""

    space: Any
    seats: tuple[tuple[str, int], ...]
    part_of: str
    free: tuple[Any, ...]


@pages.get("/zentrum/<centre_id>")
def house_before(centre_id: str) -> Response:
    """Lead on from an address of earlier times."""
    return redirect(url_for("calendar.house", centre_id=centre_id), 301)


@pages.get("/zentren/<centre_id>")
def house(centre_id: str) -> str:
    """Show a house."""
    at = now()
    with reading() as session:
        profile = centre_queries.find_profile(session, centre_id) or abort(404)
        hours = hours_queries.hours_of(session, centre_id, language())
        own_zone = _zone_of(profile.time_zone)
        today = at.astimezone(own_zone).date()
        rows = queries.listed(session, Filters(centre=centre_id), local_day(today, zone())[0], limit=EVENTS_SHOWN)
        return render_template(
            "calendar/house.html",
            centre=profile,
            words=vocabulary,
            events=shown(session, rows),
            rooms=_rooms(session, centre_id),
            hours_kinds=HOURS_KINDS,
            has_hours=bool(hours),
            open_now=open_at(at, hours, own_zone),
            closes_at=open_until(at, hours, own_zone),
            next_slot=next_opening(at, hours, own_zone),
            week=_week(today, hours, own_zone),
            today=today,
            feed_url=url_for("calendar_feeds.feed", zentrum=centre_id, _external=True),
            at=at,
            late=late_houses(session, at, centre_id),
            has_left=centre_id in network_queries.revoked(session),
        )


def _rooms(session: Session, centre_id: str) -> list[Room]:
    spaces = space_queries.listed(session, [centre_id])
    names = {space.id: space.name for space in spaces}
    hours: dict[str, list[Any]] = {}
    for row in space_queries.guest_hours_of_many(session, [centre_id]):
        hours.setdefault(row.space_id, []).append(row)
    return [
        Room(
            space,
            tuple((seating, number) for seating in Seating if (number := getattr(space, f"capacity_{seating}"))),
            names.get(space.parent_id, ""),
            tuple(sorted(hours.get(space.id, ()), key=_order_of_hours)),
        )
        for space in spaces
    ]


def _order_of_hours(row: Any) -> tuple[int, str]:
    return -1 if row.weekday is None else row.weekday, row.opens_local


def _week(today: date, hours: hours_queries.AllHours, own_zone: ZoneInfo) -> list[OpenDay]:
    days = [today + timedelta(days=number) for number in range(WEEK)]
    return [OpenDay(day, tuple(slots_on(day, hours, own_zone))) for day in days]


def _zone_of(name: str) -> ZoneInfo:
    """Return the zone that a house says it is in; the city's for a name that this system does not have."""
    return find_zone(name) or zone()
