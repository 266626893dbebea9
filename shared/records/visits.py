"""Visitor counts: visits, never persons. Single taps never leave the house.

What travels is the absolute count of an hour, a kind and a target group, so that a
replay or a correction can only ever set it right.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.columns import UTCDateTime
from shared.records.base import (
    Collection,
    Instant,
    RecordColumns,
    RecordSchema,
    Side,
    choice,
    text,
    whole,
)

COUNT_MAX = 1_000_000


class VisitKind(StrEnum):
    OPEN_MEETING = "open_meeting"
    PROGRAMME = "programme"
    CONSULTATION = "consultation"
    EVENT = "event"


class HourCountColumns(RecordColumns):
    """`hour_starts_at` is a full hour in UTC; `target_group` is '' where none was asked."""

    __collection__ = "visits"

    hour_starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    count: Mapped[int] = mapped_column(Integer, default=0)


class HourCountSchema(RecordSchema):
    hour_starts_at = Instant(required=True)
    kind = choice(VisitKind)
    target_group = text(40)
    count = whole(0, COUNT_MAX)


VISITS = Collection(HourCountColumns, HourCountSchema, Side.NODE)
