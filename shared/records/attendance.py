"""How many registered for an event and how many came: numbers, never who.

One record for each event, with the event's own id: a house that comes back from an old backup
writes the same record again instead of a second one. `attended` counts the registered persons
who were there, `headcount` those who just came; None is "nobody has counted", 0 is nobody.
"""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, UTCDateTime
from shared.errors import Refusal
from shared.records.base import Collection, Instant, RecordColumns, RecordSchema, Side, record_link, whole

PERSONS_MAX = 1_000_000


class AttendanceColumns(RecordColumns):
    """Counts persons, not groups. `capacity` is that of the event at `as_of`; None is no limit."""

    __collection__ = "attendance"

    event_id: Mapped[str] = mapped_column(RecordId)
    capacity: Mapped[int | None] = mapped_column(Integer, default=None)
    registered: Mapped[int] = mapped_column(Integer, default=0)
    waiting: Mapped[int] = mapped_column(Integer, default=0)
    attended: Mapped[int | None] = mapped_column(Integer, default=None)
    headcount: Mapped[int | None] = mapped_column(Integer, default=None)
    as_of: Mapped[datetime] = mapped_column(UTCDateTime)


class AttendanceSchema(RecordSchema):
    event_id = record_link()
    capacity = whole(0, PERSONS_MAX, allow_none=True)
    registered = whole(0, PERSONS_MAX)
    waiting = whole(0, PERSONS_MAX)
    attended = whole(0, PERSONS_MAX, allow_none=True)
    headcount = whole(0, PERSONS_MAX, allow_none=True)
    as_of = Instant(required=True)


ATTENDANCE = Collection(AttendanceColumns, AttendanceSchema, Side.NODE)


class CapacityBelowTaken(Refusal):
    """The capacity of an event would be smaller than the number of places that are given away."""

    def __init__(self, taken: int) -> None:
        super().__init__(taken)
        self.taken = taken
