"""Taps at the counter and what they add up to."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.records.visits import HourCountColumns


class Tap(Base):
    """One touch of a button: `step` is 1, or -1 where it was undone. Never leaves the house.

    The id is made on the device before the number there changes, so a replay is harmless.
    """

    __tablename__ = "taps"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    step: Mapped[int] = mapped_column(Integer, default=1)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HourCount(HourCountColumns, Base):
    """The absolute count of an hour; this is what travels."""

    __table_args__ = (UniqueConstraint("hour_starts_at", "kind", "target_group"),)
