"""What other rooms ask about the city."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from hub.city.geometry import Point, Polygon
from hub.city.matching import Level
from hub.city.models import District, DistrictShape, Quarter, QuarterShape

_AFTER_ALL = 1_000_000  # a rank beyond those of any city's districts


class Part(NamedTuple):
    """A quarter and the district it lies in; `district` is '' where nobody knows."""

    quarter: str
    district: str


def districts(session: Session) -> list[str]:
    """Return the names of all districts: the city's in its order, then others that centres name.

    A centre may write its district in a way that the city does not; it must not vanish.
    """
    listed = select(District.name, District.rank.label("rank"))
    named = select(Centre.district, literal(_AFTER_ALL)).distinct()
    ranks: dict[str, int] = {}
    for name, rank in session.execute(union_all(listed, named)):
        ranks[name] = min(rank, ranks.get(name, rank))
    return sorted(ranks, key=lambda name: (ranks[name], name))


def quarters(session: Session, district: str = "") -> list[Part]:
    """Return all quarters (of one district): the city's in its order, then others that centres name."""
    listed = select(Quarter.name, Quarter.district).join(District).order_by(District.rank, Quarter.rank, Quarter.name)
    known = {name: Part(name, of) for name, of in session.execute(listed)}
    named = select(Centre.quarter, Centre.district).where(Centre.quarter != "").order_by(Centre.quarter, Centre.id)
    for name, of in session.execute(named):
        known.setdefault(name, Part(name, of))
    return [part for part in known.values() if district in ("", part.district)]


def quarter_points(session: Session) -> dict[Part, tuple[float, float]]:
    """Return a point (longitude, latitude) well inside each quarter whose shape is known."""
    query = select(Quarter.name, Quarter.district, QuarterShape.longitude, QuarterShape.latitude)
    rows = session.execute(query.join(QuarterShape, QuarterShape.name == Quarter.name))
    return {Part(name, district): (longitude, latitude) for name, district, longitude, latitude in rows}


def district_points(session: Session) -> dict[str, tuple[float, float]]:
    """Return a point (longitude, latitude) well inside each district whose shape is known."""
    rows = session.execute(select(DistrictShape.name, DistrictShape.longitude, DistrictShape.latitude))
    return {name: (longitude, latitude) for name, longitude, latitude in rows}


class Shape(NamedTuple):
    """Where a district or quarter lies; `district` is the one that it is, or lies in."""

    name: str
    district: str
    outline: list[Polygon]
    middle: Point
    source: str
    is_schematic: bool
    taken_at: datetime


def shapes(session: Session, level: Level) -> list[Shape]:
    """Return the shapes of the districts, or of the quarters, in the city's order."""
    if level == Level.DISTRICT:
        query = select(District.name, District.name, *_drawn(DistrictShape)).join(DistrictShape.__table__)
        rows = session.execute(query.order_by(District.rank))
    else:
        query = select(Quarter.name, Quarter.district, *_drawn(QuarterShape)).join(QuarterShape.__table__)
        rows = session.execute(query.join(District).order_by(District.rank, Quarter.rank))
    return [Shape(row[0], row[1], orjson.loads(row[2]), (row[3], row[4]), *row[5:]) for row in rows]


def shaped(session: Session) -> Mapping[Level, set[str]]:
    """Return the names of the districts and quarters that have a shape."""
    return {
        Level.DISTRICT: set(session.scalars(select(DistrictShape.name))),
        Level.QUARTER: set(session.scalars(select(QuarterShape.name))),
    }


def _drawn(table: Any) -> list[Any]:
    names = ("outline", "longitude", "latitude", "source", "is_schematic", "taken_at")
    return [getattr(table, name) for name in names]


def listed_districts(session: Session) -> list[str]:
    """Return the districts that the city itself has, in its order."""
    return list(session.scalars(select(District.name).order_by(District.rank, District.name)))


def listed_quarters(session: Session) -> list[Part]:
    """Return the quarters that the city itself has, in its order."""
    query = select(Quarter.name, Quarter.district).join(District).order_by(District.rank, Quarter.rank, Quarter.name)
    return [Part(*row) for row in session.execute(query)]
