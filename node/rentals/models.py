"""What a rental adds to a booking: fee, deposit, the rules of the house and who accepted them.

A rental is found by its booking's id, without a foreign key: SQLite would follow it and empty
these tables whenever a migration copies the table of bookings. The price is the one agreed
when the booking was taken or moved: a dearer fee class of next year does not touch it.
"""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX


class FeeClass(Base):
    """Who pays what. A price of None is not offered; a class whose prices are all None or 0 is free."""

    __tablename__ = "fee_classes"
    __table_args__ = (CheckConstraint("deposit_cents >= 0", name="deposit"),)

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    meant_for: Mapped[str] = mapped_column(String(500), default="")
    hour_cents: Mapped[int | None] = mapped_column(Integer, default=None)
    half_day_cents: Mapped[int | None] = mapped_column(Integer, default=None)
    day_cents: Mapped[int | None] = mapped_column(Integer, default=None)
    deposit_cents: Mapped[int] = mapped_column(Integer, default=0)
    rank: Mapped[int] = mapped_column(Integer, default=0)
    offered: Mapped[bool] = mapped_column(Boolean, default=True)


class Rental(Base):
    """Fee and deposit of one booking, and who answers for it."""

    __tablename__ = "rentals"

    booking_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    fee_class_id: Mapped[str | None] = mapped_column(RecordId, ForeignKey("fee_classes.id"), default=None)
    price_cents: Mapped[int | None] = mapped_column(Integer, default=None)
    deposit_cents: Mapped[int] = mapped_column(Integer, default=0)
    responsible_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    responsible_phone: Mapped[str] = mapped_column(String(80), default="")
    responsible_address: Mapped[str] = mapped_column(String(300), default="")
    deposit_taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    deposit_taken_by: Mapped[str] = mapped_column(String(80), default="")
    deposit_returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    deposit_returned_by: Mapped[str] = mapped_column(String(80), default="")
    deposit_note: Mapped[str] = mapped_column(String(500), default="")  # why less was given back, say


class HouseRules(Base):
    """One version of the rules of the house; it is never changed, a new one follows it."""

    __tablename__ = "house_rules"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    written_by: Mapped[str] = mapped_column(String(80), default="")


class RulesAcceptance(Base):
    """Who accepted which version of the rules for a booking, and when."""

    __tablename__ = "rules_acceptances"
    __table_args__ = (UniqueConstraint("booking_id", "version"),)

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    booking_id: Mapped[str] = mapped_column(RecordId)
    version: Mapped[int] = mapped_column(Integer, ForeignKey("house_rules.version"))
    accepted_by: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    accepted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    noted_by: Mapped[str] = mapped_column(String(80), default="")
