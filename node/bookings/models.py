"""Bookings of this house, and the claims by which the database forbids a double booking."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from node.bookings import guard
from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.bookings import BookingColumns


class Booking(BookingColumns, Base):
    """The columns here are the house's own: who, and what for, stay in the house."""

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="forwards"),)

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    contact_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    contact_phone: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    persons: Mapped[int | None] = mapped_column(Integer, default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # of a refusal or cancellation
    taken_by: Mapped[str] = mapped_column(String(80), default="")  # the account at the counter
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[str] = mapped_column(String(80), default="")  # who confirmed, declined or cancelled it
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class Claim(Base):
    """A confirmed booking holds [starts_at, ends_at) of one undivided part of the house.

    A hall claims each of its halves, a half claims itself, a room without parts itself; so
    two bookings collide exactly where they share a part. `role` is `use` (the time booked)
    or `hold` (the same with its buffers). Written by the database alone: see `guard`.
    """

    __tablename__ = "booking_claims"
    __table_args__ = (Index("ix_booking_claims_part_id_starts_at", "part_id", "starts_at"),)

    booking_id: Mapped[str] = mapped_column(RecordId, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True)
    part_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    role: Mapped[str] = mapped_column(String(4), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


event.listen(Base.metadata, "after_create", guard.build)
