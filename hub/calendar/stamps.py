"""Whether anything has changed in a house's programme or profile, told without reading the programme.

A trigger raises the house's number with every change, whoever writes; so ingest pays for one small
row of its own house. While the numbers stand, what was made of the programme is still the same:
except for what follows later, pairs of events and found words (see `search.waiting`).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, String, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.calendar.filters import Filters
from hub.centres.models import Centre
from hub.core.db import Base
from hub.core.watching import Note, Watched, build

# Everything that a feed is made of: which events are one, too, and what a room is like, which filters ask for.
_WATCHED = (
    *(Watched(table, both=False) for table in ("events", "centres", "spaces")),
    Watched("event_twins", both=False, key=("event_id", "centre_id")),
)
_RAISED = Note(
    "programme_stamps",
    ("centre_id", "number"),
    "{row}.centre_id, 1",
    key=("centre_id",),
    again="number = programme_stamps.number + 1",
    per_house=True,
)


class ProgrammeStamp(Base):
    """How often something of a house has changed. Filled by triggers alone."""

    __tablename__ = "programme_stamps"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


def of(session: Session, filters: Filters) -> Sequence[tuple[str, int]]:
    """Return the stamps of all houses that the filters may find something of."""
    query = select(ProgrammeStamp.centre_id, ProgrammeStamp.number)
    if filters.centre:
        query = query.where(ProgrammeStamp.centre_id == filters.centre)
    elif filters.district or filters.quarter:
        there = select(Centre.centre_id)
        if filters.district:
            there = there.where(Centre.district == filters.district)
        if filters.quarter:
            there = there.where(Centre.quarter == filters.quarter)
        query = query.where(ProgrammeStamp.centre_id.in_(there))
    return [(row[0], row[1]) for row in session.execute(query.order_by(ProgrammeStamp.centre_id))]


def create(_metadata: Any, connection: Connection, **_options: Any) -> None:
    """Create the triggers where they are missing; tables that are not there need none."""
    build(connection, "stamped", [(watched, [_RAISED]) for watched in _WATCHED])


event.listen(Base.metadata, "after_create", create)
