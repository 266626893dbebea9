"""What other rooms ask about the city."""

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from hub.city.models import District

_AFTER_ALL = 1_000_000  # a rank beyond those of any city's districts


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
