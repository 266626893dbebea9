"""The profile of this house: who it is, where, and how to reach it. One record, kept here."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.centre.models import Centre
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.centres import CentreKind


class ProfileMissing(Refusal):
    """Nobody has written the profile yet."""


@dataclass(frozen=True, kw_only=True)
class ProfileEntry:
    """What staff say about their house; limits as in `shared.records.centres`. Nothing personal."""

    name: str
    district: str
    kind: str = CentreKind.STADTTEILZENTRUM
    operator: str = ""
    quarter: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    email: str = ""
    website: str = ""
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    host_building: str = ""
    description: str = ""
    time_zone: str = "Europe/Berlin"


def profile(session: Session) -> Centre | None:
    """Return the profile of this house, or None if nobody has written it yet."""
    return session.scalar(select(Centre).limit(1))


def keep_profile(session: Session, entry: ProfileEntry) -> Centre:
    """Write the profile: the first time a new record, from then on the same one."""
    found = profile(session)
    if found is None:
        found = Centre(id=new_id(), **asdict(entry))
        session.add(found)
        return found
    for name, value in asdict(entry).items():
        if getattr(found, name) != value:
            setattr(found, name, value)
    return found


def keep_holiday_rule(session: Session, *, closed_on_holidays: bool, region: str) -> Centre:
    """Say whose public holidays the house keeps and whether it is closed on them. Raises ProfileMissing."""
    found = profile(session)
    if found is None:
        raise ProfileMissing
    if (found.closed_on_holidays, found.region) != (closed_on_holidays, region):
        found.closed_on_holidays, found.region = closed_on_holidays, region
    return found
