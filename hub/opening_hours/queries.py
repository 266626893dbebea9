"""What other rooms ask about opening hours; `shared.records.opening_hours` has the rules."""

from collections.abc import Sequence
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
