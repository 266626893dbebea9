"""What is on in all houses. Written by ingest alone.

Each index costs every ingested record, so there are three: by date, by theme and date
(both with the centre, so that a district is sifted without touching the rows), and a small
one of those events that last over several days.
"""

from sqlalchemy import Index, text

from hub.core.db import Base, OfCentre
from shared.records.events import EventColumns, EventTextColumns

# Which events last over several days (of UTC). A query must say it in these very words, or
# the partial index stays unused.
LASTS_DAYS = {
    "sqlite": "substr(ends_at, 1, 10) > substr(starts_at, 1, 10)",
    "postgresql": "CAST(ends_at AT TIME ZONE 'UTC' AS date) > CAST(starts_at AT TIME ZONE 'UTC' AS date)",
}


class Event(OfCentre, EventColumns, Base):
    __table_args__ = (
        Index("ix_events_starts_at", "starts_at", "centre_id"),
        Index("ix_events_theme", "theme", "starts_at", "centre_id"),
        Index(
            "ix_events_lasting",
            "ends_at",
            sqlite_where=text(LASTS_DAYS["sqlite"]),
            postgresql_where=text(LASTS_DAYS["postgresql"]),
        ),
    )


class EventText(OfCentre, EventTextColumns, Base):
    """What an event says in another language. Looked up by the event, a page of events at once."""

    __table_args__ = (Index("ix_event_texts_event", "centre_id", "event_id"),)
