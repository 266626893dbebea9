"""Setting up what a hub has to know of its city: its districts and quarters."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.city.models import District, Quarter


def plant_city(session: Session, city: Mapping[str, Iterable[str]]) -> None:
    """Make `city` (district -> its quarters) the city's, in that order.

    A quarter keeps its shape though its district has another name now: old districts go last.
    """
    plant_districts(session, [*city, *session.scalars(select(District.name))])
    plant_quarters(session, city)
    session.flush()
    plant_districts(session, city)


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


def plant_quarters(session: Session, quarters: Mapping[str, Iterable[str]]) -> None:
    """Make `quarters` (district -> names, in their order) the city's; others are dropped.

    What centres wrote themselves stays.
    """
    session.flush()  # the districts first: quarters lie in them
    wanted = {name: (district, rank) for district, names in quarters.items() for rank, name in enumerate(names)}
    known = {quarter.name: quarter for quarter in session.scalars(select(Quarter))}
    for name in known.keys() - wanted.keys():
        session.delete(known[name])
    for name, (district, rank) in wanted.items():
        quarter = known.get(name) or Quarter(name=name)
        quarter.district, quarter.rank = district, rank
        session.add(quarter)
