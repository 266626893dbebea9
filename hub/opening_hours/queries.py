"""What other rooms ask about opening hours; `shared.records.opening_hours` has the rules."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from hub.opening_hours.models import OpeningHours
from shared.records.opening_hours import ClosedOnHolidays, Hours, Rule

AllHours = Sequence[Rule]
_READ = ("kind", "weekday", "opens_local", "closes_local", "valid_from", "valid_until", "closed", "note")


def hours_of(session: Session, centre_id: str, language: str = "de") -> AllHours:
    """Return what decides when a centre is open: its hours, and its rule of public holidays if it has one."""
    columns: list[Any] = [getattr(OpeningHours, name) for name in _READ]
    query = select(*columns).where(OpeningHours.centre_id == centre_id)
    rows = session.execute(query.order_by(OpeningHours.weekday, OpeningHours.opens_local, OpeningHours.id)).all()
    house = select(Centre.closed_on_holidays, Centre.region).where(Centre.centre_id == centre_id)
    rule = session.execute(house.order_by(Centre.id).limit(1)).one_or_none()
    closed = [ClosedOnHolidays(rule.region, language)] if rows and rule and rule.closed_on_holidays else []
    return [*cast("Sequence[Hours]", rows), *closed]


def hours_of_many(session: Session, centre_ids: Collection[str] | None, language: str = "de") -> Mapping[str, AllHours]:
    """Return the same for these centres (None: for all); one without hours is left out."""
    columns: list[Any] = [getattr(OpeningHours, name) for name in ("centre_id", *_READ)]
    query = select(*columns).order_by(OpeningHours.centre_id, OpeningHours.id)
    house = select(Centre.centre_id, Centre.closed_on_holidays, Centre.region).order_by(Centre.id.desc())
    if centre_ids is not None:
        query = query.where(OpeningHours.centre_id.in_(centre_ids))
        house = house.where(Centre.centre_id.in_(centre_ids))
    found: dict[str, list[Rule]] = {}
    for row in session.execute(query):
        found.setdefault(row.centre_id, []).append(cast("Hours", row))
    rules = {row.centre_id: row for row in session.execute(house)}
    for centre_id, hours in found.items():
        if centre_id in rules and rules[centre_id].closed_on_holidays:
            hours.append(ClosedOnHolidays(rules[centre_id].region, language))
    return found
