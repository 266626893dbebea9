"""Answers of the HTTP API that a device may ask for again."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime


class KeptAnswer(Base):
    """What a call with an `Idempotency-Key` was answered; kept for a week (see `privacy`)."""

    __audited__ = False  # what the call did is in the log

    __tablename__ = "api_answers"

    device_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    code: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
