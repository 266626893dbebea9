"""The keys of the house and who has them; when self-managed groups opened and closed.

Bookings are named by their id, without a foreign key (see `node.rentals.models`).
"""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, Tags, UTCDateTime
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX


class KeyRing(Base):
    """A key or a ring of keys, of which the house has `copies`, numbered from 1."""

    __tablename__ = "key_rings"
    __table_args__ = (CheckConstraint("copies > 0", name="copies"),)

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    label: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), unique=True)
    opens: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())  # ids of spaces; none: the front door
    copies: Mapped[int] = mapped_column(Integer, default=1)
    note: Mapped[str] = mapped_column(String(500), default="")
    in_use: Mapped[bool] = mapped_column(Boolean, default=True)


_OUT = text("returned_at IS NULL")


class KeyHandover(Base):
    """A copy of a key in somebody's hands, from `given_at` until `returned_at`.

    The unique index is the guarantee: as long as a copy is out, nobody can be given it again.
    """

    __tablename__ = "key_handovers"
    __table_args__ = (
        CheckConstraint("copy_number > 0", name="copy_number"),
        Index("uq_key_handovers_out", "key_id", "copy_number", unique=True, sqlite_where=_OUT, postgresql_where=_OUT),
    )

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    key_id: Mapped[str] = mapped_column(RecordId, ForeignKey("key_rings.id"))
    copy_number: Mapped[int] = mapped_column(Integer)
    booking_id: Mapped[str | None] = mapped_column(RecordId, index=True)
    tenant_id: Mapped[str | None] = mapped_column(RecordId, ForeignKey("tenants.id", ondelete="SET NULL"))
    holder_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    holder_phone: Mapped[str] = mapped_column(String(80), default="")
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    given_by: Mapped[str] = mapped_column(String(80), default="")
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    returned_to: Mapped[str] = mapped_column(String(80), default="")


class Opening(Base):
    """When a self-managed booking was opened and closed, and whether everything was in order."""

    __tablename__ = "self_managed_openings"

    booking_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    opened_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    in_order: Mapped[bool | None] = mapped_column(Boolean, default=None)
    note: Mapped[str] = mapped_column(String(500), default="")
