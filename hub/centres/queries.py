"""What other rooms ask about the houses.

A house has one profile. Should its node ever send two, the one with the lower id counts
everywhere, so that nothing shows twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hub.centres.models import Centre

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


def find_profile(session: Session, centre_id: str) -> Row[Any] | None:
    """Return the whole profile of a centre, None if the hub does not have it."""
    columns = [getattr(Centre, name) for name in PROFILE]
    return session.execute(
        select(*columns).where(Centre.centre_id == centre_id).order_by(Centre.id).limit(1)
    ).one_or_none()
