"""Bookings of this house, and the claims by which the database forbids a double booking."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from node.bookings import guard
from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
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
    called_off_by: Mapped[str] = mapped_column(String(10), default="", server_default="")  # a `CalledOffBy`, or ''
    overruled: Mapped[str] = mapped_column(String(500), default="", server_default="")  # which rules knowingly, and why
    overruled_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    tenant_id: Mapped[str | None] = mapped_column(RecordId, default=None)  # plain: a restored booking may come first
    block_id: Mapped[str | None] = mapped_column(RecordId, default=None)  # what several spaces are blocked for at once
    asked_space_id: Mapped[str | None] = mapped_column(RecordId, default=None)  # what was asked for, if it was
    asked_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)  # confirmed as another space
    asked_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)  # or time
    series_id: Mapped[str | None] = mapped_column(RecordId, default=None, index=True)
    occurrence_on: Mapped[date | None] = mapped_column(Date, default=None)  # its date of the series, wherever it moved


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


class Tenant(Base):
    """Somebody who uses rooms again and again: a group or a person, perhaps with an account of their own."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), unique=True)
    contact_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    contact_phone: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    account_id: Mapped[str | None] = mapped_column(RecordId, default=None, unique=True)  # of `node.core.accounts`
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Quota(Base):
    """At most `hours_max` hours a week or month: for a tenant, or (tenant_id None) for everybody else each."""

    __tablename__ = "booking_quotas"
    __table_args__ = (
        UniqueConstraint("tenant_id", "period"),
        CheckConstraint("hours_max > 0", name="something"),
    )

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    tenant_id: Mapped[str | None] = mapped_column(RecordId, ForeignKey("tenants.id", ondelete="CASCADE"), default=None)
    period: Mapped[str] = mapped_column(String(10))
    hours_max: Mapped[int] = mapped_column(Integer)


event.listen(Base.metadata, "after_create", guard.build)
