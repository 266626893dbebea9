"""Devices and programs that speak with the house by a token: door sensors, a display, a club's own page."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, Tags, UTCDateTime
from shared.ids import new_id

NAME_LENGTH_MAX = 80


class Device(Base):
    """`rights` are what its token opens. The token itself is shown once; only its hash is kept."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    rights: Mapped[tuple[str, ...]] = mapped_column(Tags)
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None, info={"quiet": True})
