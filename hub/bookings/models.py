"""When which space of which house is taken, never by whom. Written by ingest alone."""

from datetime import timedelta

from sqlalchemy import Index, text

from hub.core.db import Base, OfCentre
from shared.records.bookings import BookingColumns

LONG = timedelta(days=1)
# Which bookings last longer than that. A query must say it in these very words, or the partial
# index stays unused.
LASTS_LONG = {
    "sqlite": "julianday(ends_at) - julianday(starts_at) > 1",
    "postgresql": "ends_at - starts_at > interval '1 day'",
}


class Booking(OfCentre, BookingColumns, Base):
    __table_args__ = (
        Index(
            "ix_bookings_long",
            "ends_at",
            sqlite_where=text(LASTS_LONG["sqlite"]),
            postgresql_where=text(LASTS_LONG["postgresql"]),
        ),
    )
