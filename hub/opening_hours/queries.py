"""What other rooms ask about opening hours; `shared.records.opening_hours` has the rules."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.opening_hours.models import OpeningHours
from shared.records.opening_hours import Hours

AllHours = Sequence[Hours]
_READ = ("kind", "weekday", "opens_local", "closes_local", "valid_from", "valid_until", "closed", "note")


def hours_of(session: Session, centre_id: str) -> AllHours:
    """Return the opening hours of a centre, as the rules read them."""
    columns: list[Any] = [getattr(OpeningHours, name) for name in _READ]
    query = select(*columns).where(OpeningHours.centre_id == centre_id)
    rows = session.execute(query.order_by(OpeningHours.weekday, OpeningHours.opens_local, OpeningHours.id)).all()
    return cast("Sequence[Hours]", rows)
