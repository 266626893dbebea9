"""Requests for a space by people without an account: what belongs to one beside its booking.

The names and contacts stand in the booking; here is how the person finds the request again.
"""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id


class RoomRequest(Base):
    """`reference` is read out on the phone; only the secret link opens the request, and only its hash is kept."""

    __tablename__ = "room_requests"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    booking_id: Mapped[str] = mapped_column(RecordId, unique=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RequestDraft(Base):
    """Answers given so far; gone a day after the last one, or when the request is sent."""

    __tablename__ = "room_request_drafts"
    __audited__ = False  # half a sentence of a visitor is nobody's deed; the request and its booking are noted

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    answers: Mapped[str] = mapped_column(Text, default="{}")  # JSON: question -> what was typed
    touched_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
