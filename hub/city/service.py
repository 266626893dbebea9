"""Setting up what a hub has to know of its city."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.city.models import District


def plant_districts(session: Session, names: Iterable[str]) -> None:
    """Make `names` the city's districts, in that order. Districts that are not named are dropped.

    A centre of a dropped district stays visible: pages list its district after the others.
    """
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    known = {district.name: district for district in session.scalars(select(District))}
    for name in known.keys() - set(wanted):
        session.delete(known[name])
    for rank, name in enumerate(wanted):
        if name in known:
            known[name].rank = rank
        else:
            session.add(District(name=name, rank=rank))
