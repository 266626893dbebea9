"""When guest spaces are ours: rows of weekly hours, added and removed by staff.

Rule: rows add up (see `shared.records.space_hours`); to change one, remove it and add another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.spaces.models import SpaceHours
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.opening_hours import refuse_backwards


class GuestHoursUnknown(Refusal):
    """There is no such row of hours."""


class GuestHoursThere(Refusal):
    """The very same hours are there already, on `weekday` (0 for Monday, None for every day)."""

    def __init__(self, weekday: int | None) -> None:
        super().__init__(str(weekday))
        self.weekday = weekday


@dataclass(frozen=True, kw_only=True)
class GuestHoursEntry:
    """Wall times `HH:MM`; closing at or before opening is on the next day. Dates None: no limit."""

    opens_local: str
    closes_local: str
    valid_from: date | None = None
    valid_until: date | None = None


def add_hours(
    session: Session, space_id: str, entry: GuestHoursEntry, weekdays: Sequence[int] = ()
) -> list[SpaceHours]:
    """Add a row for each of `weekdays` (none: one row for every day). Raises PeriodBackwards, GuestHoursThere."""
    refuse_backwards(entry.valid_from, entry.valid_until)
    said = (entry.opens_local, entry.closes_local, entry.valid_from, entry.valid_until)
    there = {
        row.weekday
        for row in session.scalars(select(SpaceHours).where(SpaceHours.space_id == space_id))
        if (row.opens_local, row.closes_local, row.valid_from, row.valid_until) == said
    }
    rows = []
    for weekday in tuple(weekdays) or (None,):
        if weekday in there:
            raise GuestHoursThere(weekday)
        rows.append(SpaceHours(id=new_id(), space_id=space_id, weekday=weekday, **vars(entry)))
    session.add_all(rows)
    session.flush()
    return rows


def remove_hours(session: Session, row_id: str) -> None:
    """Remove a row; bookings made within it stay. Raises GuestHoursUnknown."""
    row = session.get(SpaceHours, row_id)
    if row is None:
        raise GuestHoursUnknown
    session.delete(row)
    session.flush()


def hours_of(session: Session, line: Sequence[str]) -> list[SpaceHours]:
    """Return the rows of the first space of `line` that has any: a part's own hours, else its whole's."""
    rows = session.scalars(select(SpaceHours).where(SpaceHours.space_id.in_(line))).all()
    for space_id in line:
        own = _sorted(row for row in rows if row.space_id == space_id)
        if own:
            return own
    return []


def all_hours(session: Session) -> dict[str, list[SpaceHours]]:
    """Return the rows of every space that has any, in one query, for lists and timetables."""
    found: dict[str, list[SpaceHours]] = {}
    for row in _sorted(session.scalars(select(SpaceHours))):
        found.setdefault(row.space_id, []).append(row)
    return found


def _sorted(rows: Iterable[SpaceHours]) -> list[SpaceHours]:
    def place(row: SpaceHours) -> tuple[date, int, str]:
        return row.valid_from or date.min, -1 if row.weekday is None else row.weekday, row.opens_local

    return sorted(rows, key=place)
