"""When which space of which house is taken, never by whom. Written by ingest alone."""

from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, OfCentre
from shared.columns import RecordId, UTCDateTime
from shared.records.bookings import BookingColumns

LONG = timedelta(days=1)
# Which bookings last longer than that. A query must say it in these very words, or the partial
# index stays unused.
LASTS_LONG = {
    "sqlite": "julianday(ends_at) - julianday(starts_at) > 1",
    "postgresql": "ends_at - starts_at > interval '1 day'",
}


class Booking(OfCentre, BookingColumns, Base):
    """Indexed by time with all that the room finder reads, so that it reads no table; and by space and time."""

    __table_args__ = (
        Index("ix_bookings_starts_at", "starts_at", "ends_at", "state", "centre_id", "space_id"),
        Index("ix_bookings_space_id", "space_id", "starts_at"),
        Index(
            "ix_bookings_long",
            "ends_at",
            "starts_at",
            sqlite_where=text(LASTS_LONG["sqlite"]),
            postgresql_where=text(LASTS_LONG["postgresql"]),
        ),
    )

    space_id: Mapped[str] = mapped_column(RecordId)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
