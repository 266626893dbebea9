"""The use of a space for a time. What travels says when and which space, never who."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import RecordId, UTCDateTime
from shared.errors import Refusal
from shared.records.base import (
    Collection,
    Instant,
    RecordColumns,
    RecordSchema,
    Side,
    choice,
    record_link,
)

BOOKING_LENGTH_MAX = timedelta(days=31)


class BookingKind(StrEnum):
    PROGRAMME = "programme"
    RENTAL = "rental"
    SELF_MANAGED = "self_managed"
    INTERNAL = "internal"
    BLOCKED = "blocked"


class BookingState(StrEnum):
    """requested -> confirmed | declined; confirmed -> cancelled."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class CalledOffBy(StrEnum):
    """Who wanted a booking to be cancelled."""

    HOUSE = "house"
    BOOKER = "booker"


class BookingColumns(RecordColumns):
    """Who booked, and what for, are columns of the node alone."""

    __collection__ = "bookings"

    space_id: Mapped[str] = mapped_column(RecordId, index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str | None] = mapped_column(RecordId, default=None)


class BookingSchema(RecordSchema):
    space_id = record_link()
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    kind = choice(BookingKind)
    state = choice(BookingState)
    event_id = record_link(allow_none=True)


BOOKINGS = Collection(BookingColumns, BookingSchema, Side.NODE)


class Slot(NamedTuple):
    """A half-open stretch [starts_at, ends_at) in UTC: back-to-back hours do not meet."""

    starts_at: datetime
    ends_at: datetime


class BookingTimesImpossible(Refusal):
    """A booking that ends before it begins, at once, or more than 31 days later."""


class SpaceTaken(Refusal):
    """Somebody has the space (or a part of it, or the whole) at that time already.

    `booking_id` is the booking in the way, where a record is: the one who asked may look at it.
    """

    def __init__(self, taken: Slot | None = None, booking_id: str | None = None) -> None:
        super().__init__()
        self.taken, self.booking_id = taken, booking_id


class TransitionRefused(Refusal):
    """A booking in `state` cannot become `wanted`."""

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"{state} -> {wanted}")
        self.state, self.wanted = state, wanted


_TRANSITIONS = {
    BookingState.REQUESTED: (BookingState.CONFIRMED, BookingState.DECLINED, BookingState.CANCELLED),
    BookingState.CONFIRMED: (BookingState.CANCELLED,),
    BookingState.DECLINED: (),
    BookingState.CANCELLED: (),
}


def refuse_impossible_times(wanted: Slot) -> None:
    """Raise BookingTimesImpossible unless starts_at < ends_at <= starts_at + 31 days."""
    if not wanted.starts_at < wanted.ends_at <= wanted.starts_at + BOOKING_LENGTH_MAX:
        raise BookingTimesImpossible


def refuse_overlap(wanted: Slot, taken: Iterable[Slot]) -> None:
    """Raise SpaceTaken, carrying the slot that is in the way, if `wanted` meets any of `taken`."""
    for slot in taken:
        if wanted.starts_at < slot.ends_at and slot.starts_at < wanted.ends_at:
            raise SpaceTaken(slot)


def refuse_transition(state: str, wanted: BookingState) -> None:
    """Raise TransitionRefused if a booking in `state` cannot become `wanted`."""
    if wanted not in _TRANSITIONS[BookingState(state)]:
        raise TransitionRefused(state, wanted)
