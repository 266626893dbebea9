"""What other rooms ask about the houses.

A house has one profile. Should its node ever send two, the one with the lower id counts
everywhere, so that nothing shows twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from shared.records.holidays import HOME_REGION
from shared.time import find_zone

PROFILE = (
    "centre_id", "name", "kind", "operator", "district", "quarter", "street", "postcode", "town", "latitude",
    "longitude", "phone", "email", "website", "languages", "accessibility", "host_building", "description", "time_zone",
)  # fmt: skip
LISTED = ("centre_id", "name", "kind", "operator", "district", "quarter", "street", "postcode", "town", "accessibility")


class Place(NamedTuple):
    """Where something takes place, as lists and feeds write it."""

    centre_id: str
    name: str
    district: str
    quarter: str
    street: str
    postcode: str
    town: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def address(self) -> str:
        """`Hamborner Altmarkt 8, 47166 Duisburg`, or what is known of it."""
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.town}".strip()) if part)


def names(session: Session) -> list[tuple[str, str]]:
    """Return (centre_id, name) of all centres in the order of their names."""
    rows = session.execute(select(Centre.centre_id, Centre.name).order_by(Centre.id))
    known: dict[str, str] = {}
    for centre_id, name in rows:
        known.setdefault(centre_id, name)
    return sorted(known.items(), key=lambda centre: (centre[1].casefold(), centre[0]))


def names_in(
    session: Session, district: str = "", quarter: str = "", *, up_to: int | None = None
) -> list[tuple[str, str]]:
    """Return (centre_id, name) of the centres there by name; none if there are more than `up_to`."""
    query = select(Centre.centre_id, Centre.name).order_by(Centre.id)
    query = query.where(Centre.district == district) if district else query
    query = query.where(Centre.quarter == quarter) if quarter else query
    rows = session.execute(query if up_to is None else query.limit(up_to + 1)).all()
    if up_to is not None and len(rows) > up_to:
        return []
    known = {row.centre_id: row.name for row in reversed(rows)}
    return sorted(known.items(), key=lambda centre: (centre[1].casefold(), centre[0]))


class Position(NamedTuple):
    """Where a house stands on the earth, in degrees; None where nobody said."""

    centre_id: str
    district: str
    quarter: str
    latitude: float | None
    longitude: float | None


def positions(session: Session) -> list[Position]:
    """Return where all houses are."""
    columns = [getattr(Centre, name) for name in Position._fields]
    rows = session.execute(select(*columns).order_by(Centre.id.desc()))
    return sorted({row.centre_id: Position(*row) for row in rows}.values())


def places(session: Session, centre_ids: Iterable[str]) -> Mapping[str, Place]:
    """Return the places of these centres; one whose profile has not arrived is called by its id."""
    wanted = set(centre_ids)
    columns = [getattr(Centre, name) for name in Place._fields]
    rows = session.execute(select(*columns).where(Centre.centre_id.in_(wanted)).order_by(Centre.id.desc()))
    found = {row.centre_id: Place(*row) for row in rows}
    return {centre_id: found.get(centre_id) or _unknown(centre_id) for centre_id in wanted}


def _unknown(centre_id: str) -> Place:
    return Place(centre_id, name=centre_id, district="", quarter="", street="", postcode="", town="")


def listed(session: Session) -> Sequence[Row[Any]]:
    """Return all centres, by name, with what a list shows."""
    columns = [getattr(Centre, name) for name in LISTED]
    rows = {row.centre_id: row for row in session.execute(select(*columns).order_by(Centre.id.desc()))}
    return sorted(rows.values(), key=lambda centre: (centre.name.casefold(), centre.centre_id))


def profiles_of(session: Session, centre_ids: Collection[str] | None) -> Mapping[str, Row[Any]]:
    """Return the profiles of these centres (None: of all) without their long texts, by id."""
    columns = [getattr(Centre, name) for name in PROFILE if name != "description"]
    query = select(*columns).order_by(Centre.id.desc())
    query = query if centre_ids is None else query.where(Centre.centre_id.in_(centre_ids))
    return {row.centre_id: row for row in session.execute(query)}


def profiles(session: Session) -> Sequence[Row[Any]]:
    """Return the whole profiles of all centres, by name."""
    columns = [getattr(Centre, name) for name in PROFILE]
    rows = {row.centre_id: row for row in session.execute(select(*columns).order_by(Centre.id.desc()))}
    return sorted(rows.values(), key=lambda centre: (centre.name.casefold(), centre.centre_id))


def find_profile(session: Session, centre_id: str) -> Row[Any] | None:
    """Return the whole profile of a centre, None if the hub does not have it."""
    columns = [getattr(Centre, name) for name in PROFILE]
    return session.execute(
        select(*columns).where(Centre.centre_id == centre_id).order_by(Centre.id).limit(1)
    ).one_or_none()


def zone_of(session: Session, centre_id: str) -> ZoneInfo | None:
    """Return the zone that a house says it is in, None if it names none that this system has."""
    named = session.scalar(select(Centre.time_zone).where(Centre.centre_id == centre_id).order_by(Centre.id).limit(1))
    return find_zone(named) if named else None


def region_of(session: Session, centre_id: str) -> str:
    """Return the region whose public holidays a house keeps; the first city's for one without a profile."""
    found = select(Centre.region).where(Centre.centre_id == centre_id).order_by(Centre.id).limit(1)
    return session.scalar(found) or HOME_REGION


def located(session: Session) -> Sequence[Row[Any]]:
    """Return where the houses stand that say it: with name, kind, district, quarter and position, by name."""
    names = ("centre_id", "name", "kind", "district", "quarter", "latitude", "longitude")
    columns = [getattr(Centre, name) for name in names]
    query = select(*columns).where(Centre.latitude.is_not(None), Centre.longitude.is_not(None))
    rows = {row.centre_id: row for row in session.execute(query.order_by(Centre.id.desc()))}
    return sorted(rows.values(), key=lambda centre: (centre.name.casefold(), centre.centre_id))
