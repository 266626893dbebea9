"""What other rooms ask about the city."""

from typing import NamedTuple

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from hub.city.models import District, Quarter

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
