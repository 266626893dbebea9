"""What the pages of coverage ask: which places have houses, and who finds what where.

A place is a district, or a quarter of one; quarter '' stands for houses that name none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Text, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.centres.models import Centre
from hub.city import queries as city_queries
from hub.city.queries import Part
from hub.coverage.models import Aspect, OfferSum, Period, PlaceSum
from hub.coverage.sums import EVERYONE, NOT_SAID
from hub.network import queries as network_queries
from hub.programme.models import Event
from shared.records.events import EventState


class Count(NamedTuple):
    """How many dates there are, and of how many offers (a series is one)."""

    dates: int
    offers: int


NOTHING = Count(0, 0)
Cells = Mapping[tuple[Part, str, str], Count]  # by place, theme and key


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offers are meant; '' does not narrow. `key` is one of the aspect: a target group, say."""

    period: Period = Period.COMING
    aspect: Aspect = Aspect.GROUP
    district: str = ""
    quarter: str = ""
    theme: str | None = None
    key: str | None = None


def houses(session: Session) -> Sequence[Row[Any]]:
    """Return the houses of the network, by name, without those that left it."""
    gone = network_queries.revoked(session)
    return [centre for centre in centre_queries.listed(session) if centre.centre_id not in gone]


def places(session: Session, district: str = "") -> list[Part]:
    """Return all quarters in the city's order; what only houses say of where they are follows."""
    found = city_queries.quarters(session, district)
    named = {Part(house.quarter, house.district) for house in houses(session)} - set(found)
    return [*found, *sorted(part for part in named if district in ("", part.district))]


def positions(session: Session, of_districts: bool = False) -> dict[Part, tuple[float, float]]:
    """Return where quarters (or districts, as Part('', name)) lie, as (longitude, latitude).

    From their shapes; without one, from the houses there.
    """
    found: dict[Part, list[tuple[float, float]]] = {}
    for house in centre_queries.located(session):
        part = Part("" if of_districts else house.quarter, house.district)
        found.setdefault(part, []).append((house.longitude, house.latitude))
    means = {part: _mean(points) for part, points in found.items()}
    return means | (
        {Part("", name): point for name, point in city_queries.district_points(session).items()}
        if of_districts
        else city_queries.quarter_points(session)
    )


def _mean(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)


def cells(session: Session, wanted: Wanted) -> Cells:
    """Return what there is by quarter, theme and key; what is not in it, nobody offers."""
    names = ("district", "quarter", "theme", "key", "dates", "offers")
    query = select(*(getattr(PlaceSum, name) for name in names))
    query = query.where(PlaceSum.period == wanted.period, PlaceSum.aspect == wanted.aspect)
    if wanted.district:
        query = query.where(PlaceSum.district == wanted.district)
    if wanted.quarter:
        query = query.where(PlaceSum.quarter == wanted.quarter)
    return {
        (Part(row[1], row[0]), row[2], row[3]): Count(row[4], row[5])
        for row in session.execute(_narrowed(query, wanted, PlaceSum))
    }


def providers(session: Session, wanted: Wanted, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], set[str]]:
    """Return the houses that offer something, for each (theme, key) of `keys`."""
    listed = set(keys)
    found: dict[tuple[str, str], set[str]] = {}
    query: Any = select(OfferSum.theme, OfferSum.key, OfferSum.centre_id).where(
        OfferSum.period == wanted.period,
        OfferSum.aspect == wanted.aspect,
        OfferSum.theme.in_({theme for theme, _ in listed}),
        OfferSum.key.in_({key for _, key in listed}),
    )
    for theme, key, centre_id in session.execute(_narrowed(query, wanted, OfferSum)):
        if (theme, key) in listed:
            found.setdefault((theme, key), set()).add(centre_id)
    return found


def events_behind(
    session: Session, wanted: Wanted, interval: tuple[datetime, datetime], offset: int = 0, limit: int = 50
) -> tuple[int, Sequence[Row[Any]]]:
    """Return how many dates stand behind a cell, and those of one page in the order of time."""
    columns = (Event.centre_id, Event.id, Event.series_id, Event.title, Event.starts_at, Event.ends_at, Event.theme,
               Event.target_groups, Event.languages, Event.accessibility)  # fmt: skip
    inside = _centres_of(session, wanted)
    conditions = [
        Event.state == EventState.PUBLISHED,
        Event.starts_at >= interval[0],
        Event.starts_at < interval[1],
        Event.centre_id.in_(select(inside.c.centre_id)),
    ]
    if wanted.theme is not None:
        conditions.append(Event.theme == wanted.theme)
    if wanted.key is not None and wanted.aspect != Aspect.ALL:
        conditions.append(_counts_with(wanted.aspect, wanted.key))
    total = session.scalar(select(func.count()).select_from(Event).where(*conditions)) or 0
    order = (Event.starts_at, Event.centre_id, Event.id)
    page: Any = select(*columns).where(*conditions).order_by(*order).offset(offset).limit(limit)
    return total, session.execute(page).all()


def _counts_with(aspect: Aspect, key: str) -> Any:
    """Say which events count with a key, as `hub.coverage.sums` counts them."""
    columns = {Aspect.GROUP: Event.target_groups, Aspect.LANGUAGE: Event.languages, Aspect.ACCESS: Event.accessibility}
    stored: Any = type_coerce(columns[aspect], Text)
    silent = {Aspect.GROUP: EVERYONE, Aspect.LANGUAGE: NOT_SAID}.get(aspect)
    if key == NOT_SAID:
        return stored == ""
    said = stored.contains(f"|{key}|", autoescape=True)
    return or_(said, stored == "") if key == silent else said


def _narrowed(query: Select[Any], wanted: Wanted, table: Any) -> Select[Any]:
    if wanted.theme is not None:
        query = query.where(table.theme == wanted.theme)
    return query if wanted.key is None else query.where(table.key == wanted.key)


def _centres_of(session: Session, wanted: Wanted) -> Any:
    """Return the profiles that count: one for each house, of houses that are in the network and in the place."""
    first = select(Centre.centre_id, func.min(Centre.id).label("id")).group_by(Centre.centre_id)
    gone = network_queries.revoked(session)
    if gone:
        first = first.where(Centre.centre_id.not_in(gone))
    if wanted.district:
        first = first.where(Centre.district == wanted.district)
    if wanted.quarter:
        first = first.where(Centre.quarter == wanted.quarter)
    return first.subquery()
