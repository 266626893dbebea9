"""The offers and events of this house, what they say in other languages, and their pictures."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.events import EventColumns, EventTextColumns


class Event(EventColumns, Base):
    """`source_uid` and `source_recurrence_id` say which entry of an imported calendar this is.

    `source_sequence` is that of its own exception, `source_series_sequence` that of the series
    (or of the single entry): a series and its exceptions count apart.
    """

    source_uid: Mapped[str | None] = mapped_column(String(500), default=None, index=True)
    source_recurrence_id: Mapped[str | None] = mapped_column(String(TITLE_LENGTH_MAX), default=None)
    source_sequence: Mapped[int] = mapped_column(Integer, default=0)
    source_series_sequence: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    occurrence_on: Mapped[date | None] = mapped_column(Date, default=None)  # its date of the series, wherever it moved


class EventText(EventTextColumns, Base):
    """`shown` follows the event's state: what is said about a draft does not travel either."""

    __table_args__ = (Index("ix_event_texts_event", "event_id", "language", unique=True),)

    shown: Mapped[bool] = mapped_column(Boolean, default=False)

    @property
    def travels(self) -> bool:
        return self.shown


class EventImage(Base):
    """The picture of an event. It stays in the house; `Event.image_alt` says what it shows."""

    __tablename__ = "event_images"

    event_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, info={"quiet": True})
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime)
