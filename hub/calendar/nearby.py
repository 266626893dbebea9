"""What is on near somebody: in the own quarter, in the district, and in the houses closest to it.

Rule: nobody is located. A visitor says a quarter or a district; it stands in the address, and in a
cookie of this site if the visitor wants that, readable by this site alone and for this page alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters, from_arguments, to_arguments
from hub.calendar.showing import Shown, shown
from hub.calendar.views import pages
from hub.calendar.wishes import late_houses
from hub.centres import queries as centre_queries
from hub.centres.queries import Position
from hub.city import queries as city_queries
from hub.core.db import reading
from shared.time import local_day, now
from shared.web import zone

COOKIE = "stadtherz_ort"
COOKIE_SECONDS = 365 * 24 * 3600
WITHIN = timedelta(days=14)
EVENTS_OF_PLACE, EVENTS_OF_NEIGHBOUR, NEIGHBOURS = 8, 3, 4
KM_OF_DEGREE = 111.2  # of latitude; one of longitude is shorter by the cosine
NAME_LENGTH_MAX = 80

Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True)
class Place:
    """What a visitor chose: a quarter of a district, or a whole district (`quarter` is '')."""

    quarter: str
    district: str

    @property
    def name(self) -> str:
        return self.quarter or self.district


@dataclass(frozen=True)
class Ring:
    """What is on at one remove. `km` is how far a neighbouring house is."""

    title: str
    filters: Filters
    events: Sequence[Shown] = ()
    centre_id: str = ""
    km: float | None = None


@pages.get("/in-der-naehe")
def near() -> str:
    """Show what is on near the chosen place, or ask for one."""
    at = now()
    wanted = request.args.get("ort", "")[:NAME_LENGTH_MAX].strip()
    remembered = request.cookies.get(COOKIE, "")[:NAME_LENGTH_MAX]
    with reading() as session:
        place = find_place(session, wanted or remembered)
        rings = _rings(session, place, from_arguments(request.args), at) if place else []
        return render_template(
            "calendar/near.html",
            chosen=place,
            unknown=wanted if wanted and place is None else "",
            is_remembered=bool(remembered and place and place.name == remembered),
            has_cookie=bool(remembered),
            districts=_choices(session),
            rings=rings,
            addresses=[to_arguments(ring.filters) for ring in rings],
            days=WITHIN.days,
            at=at,
            today=at.astimezone(zone()).date(),
            late=late_houses(session, at),
        )


@pages.get("/in-der-naehe/merken")
def remember() -> Response:
    """Keep the place in a cookie, as a visitor asked."""
    with reading() as session:
        place = find_place(session, request.args.get("ort", "")) or abort(404)
    response: Any = redirect(url_for("calendar.near"))
    response.set_cookie(
        COOKIE, place.name, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure,
        path=url_for("calendar.near"),
    )  # fmt: skip
    return response  # type: ignore[no-any-return]


@pages.get("/in-der-naehe/vergessen")
def forget() -> Response:
    """Take the cookie away again."""
    response: Any = redirect(url_for("calendar.near"))
    response.delete_cookie(COOKIE, path=url_for("calendar.near"))
    return response  # type: ignore[no-any-return]


def find_place(session: Session, name: str) -> Place | None:
    """Return the quarter of that name, else the district, else None."""
    for part in city_queries.quarters(session) if name else ():
        if part.quarter == name:
            return Place(part.quarter, part.district)
    return Place("", name) if name and name in city_queries.districts(session) else None


def neighbours(middle: Point, district: str, houses: Sequence[Position]) -> list[tuple[float, Position]]:
    """Return the houses of other districts with their distance from `middle` in km, the nearest first."""
    others = [one for one in houses if one.district != district and one.latitude is not None]
    found = [(_km(middle, one), one) for one in others if one.longitude is not None]
    return sorted(found, key=lambda each: (each[0], each[1].centre_id))


def middle_of(session: Session, place: Place, houses: Sequence[Position]) -> Point | None:
    """Return where a place is, as well as is known: its houses, its shape, the district's houses, its shape."""
    own = [one for one in houses if place.quarter and one.quarter == place.quarter]
    around = [one for one in houses if one.district == place.district]
    quarter = city_queries.quarter_points(session).get(city_queries.Part(place.quarter, place.district))
    district = city_queries.district_points(session).get(place.district)
    known = (_middle(own), quarter and quarter[::-1], _middle(around), district and district[::-1])
    return next((point for point in known if point), None)


def _middle(houses: Sequence[Position]) -> Point | None:
    known = [(one.latitude, one.longitude) for one in houses if one.latitude is not None and one.longitude is not None]
    if not known:
        return None
    return sum(point[0] for point in known) / len(known), sum(point[1] for point in known) / len(known)


def _km(middle: Point, house: Position) -> float:
    """Return the distance as the crow flies; over a city the earth is flat enough."""
    assert house.latitude is not None
    assert house.longitude is not None
    north = (house.latitude - middle[0]) * KM_OF_DEGREE
    east = (house.longitude - middle[1]) * KM_OF_DEGREE * cos(radians(middle[0]))
    return hypot(north, east)


def _rings(session: Session, place: Place, filters: Filters, at: datetime) -> list[Ring]:
    here = replace(filters, centre="", district=place.district, quarter="")
    wanted = []
    if place.quarter:
        wanted.append(Ring(place.quarter, replace(here, quarter=place.quarter)))
    title = gettext("Elsewhere in %(district)s", district=place.district) if place.quarter else place.district
    wanted.append(Ring(title, here))
    houses = centre_queries.positions(session)
    middle = middle_of(session, place, houses)
    nearest = neighbours(middle, place.district, houses)[:NEIGHBOURS] if middle else []
    names = centre_queries.places(session, [house.centre_id for _, house in nearest])
    for km, house in nearest:
        filtered = replace(filters, centre=house.centre_id, district="", quarter="")
        wanted.append(Ring(names[house.centre_id].name, filtered, centre_id=house.centre_id, km=km))
    rings: list[Ring] = []
    for each in wanted:
        limit = EVENTS_OF_PLACE if each.km is None else EVENTS_OF_NEIGHBOUR
        rings.append(_ring(session, each, rings, limit, at))
    return rings


def _ring(session: Session, wanted: Ring, nearer: Sequence[Ring], limit: int, at: datetime) -> Ring:
    """Return a ring with the next events there that no nearer one has shown."""
    seen = {key for ring in nearer for each in ring.events for key in _keys(each)}
    starts = local_day(at.astimezone(zone()).date(), zone())[0]
    rows = queries.listed(session, wanted.filters, starts, starts + WITHIN, limit=limit + len(seen))
    return replace(wanted, events=shown(session, [row for row in rows if (row.centre_id, row.id) not in seen][:limit]))


def _keys(each: Shown) -> list[tuple[str, str]]:
    return [(each.event.centre_id, each.event.id), *((other.centre_id, other.event_id) for other in each.also)]


def _choices(session: Session) -> list[tuple[str, list[str]]]:
    """Return each district with its quarters."""
    quarters: dict[str, list[str]] = {name: [] for name in city_queries.districts(session)}
    for part in city_queries.quarters(session):
        quarters.setdefault(part.district, []).append(part.quarter)
    return list(quarters.items())
