"""What the house can lend or put into a room, and what is promised of it to whom and when."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node.core.db import Base
from node.equipment import guard
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX


class Item(Base):
    """A kind of thing of which the house has `stock` pieces: 40 chairs, one projector.

    `lent_alone` is False for what only goes with a room of the house; a retired item takes
    nothing new.
    """

    __tablename__ = "equipment_items"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock"),)

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    stock: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")  # where it stands
    note: Mapped[str] = mapped_column(Text, default="")
    lent_alone: Mapped[bool] = mapped_column(Boolean, default=True)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class Reservation(Base):
    """`count` pieces of an item for [starts_at, ends_at): with a booking, or lent alone to somebody.

    A lending has no booking, but names who has it, and is out from `given_out_at` to
    `returned_at`; `ends_at` is when it is due back. What came back no longer counts.
    No foreign key to `bookings`: SQLite copies that table in some migrations, and a cascade
    would then take the reservations along. Whoever cancels a booking calls the service.
    """

    __tablename__ = "equipment_reservations"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="forwards"),
        CheckConstraint("count > 0", name="count"),
        Index("ix_equipment_reservations_item_id_starts_at", "item_id", "starts_at"),
    )

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(RecordId, ForeignKey("equipment_items.id"))
    booking_id: Mapped[str | None] = mapped_column(RecordId, default=None, index=True)
    count: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lent_to: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")  # personal
    contact: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")  # personal
    note: Mapped[str] = mapped_column(Text, default="")
    given_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    given_out_by: Mapped[str] = mapped_column(String(80), default="")  # the account at the counter
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    returned_by: Mapped[str] = mapped_column(String(80), default="")

    item: Mapped[Item] = relationship(lazy="raise_on_sql")

    @property
    def is_lending(self) -> bool:
        return self.booking_id is None

    @property
    def is_out(self) -> bool:
        return self.given_out_at is not None and self.returned_at is None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_out and self.ends_at <= now


event.listen(Base.metadata, "after_create", guard.build)
