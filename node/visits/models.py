"""Taps at the counter, corrections of them, and what they add up to."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
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


class CountCorrection(Base):
    """Somebody set an hour's count by hand. `difference` is added to what the taps say.

    A difference, not the new number: taps that a tablet sends later still count.
    """

    __tablename__ = "count_corrections"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    hour_starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    difference: Mapped[int] = mapped_column(Integer)
    count_after: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(500))
    corrected_by: Mapped[str] = mapped_column(String(80), default="")
    corrected_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HourCount(HourCountColumns, Base):
    """The absolute count of an hour; this is what travels."""

    __table_args__ = (UniqueConstraint("hour_starts_at", "kind", "target_group"),)
