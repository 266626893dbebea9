"""Versions that a centre may have lost, offered to it, and its answers."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, OfCentre
from shared.columns import UTCDateTime
from shared.records.recovery import RecoveryAnswerColumns, RecoveryOfferColumns


class RecoveryOffer(RecoveryOfferColumns, Base):
    """Written here, for one centre. What the centre decided stays here: an answered offer no longer travels."""

    decision: Mapped[str | None] = mapped_column(String(20), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    @property
    def travels(self) -> bool:
        return self.decision is None


class RecoveryAnswer(OfCentre, RecoveryAnswerColumns, Base):
    """Written by ingest alone."""
