"""The processes that receive: which there are, and which part of the centres each serves.

They divide the centres by themselves (`hub.ingest.dividing`); here stands what they agree on.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime

SILENT_AFTER = timedelta(seconds=30)  # for the page; the workers judge each other without clocks


class IngestWorker(Base):
    """One process that receives, for as long as it lives. Whoever takes over from it deletes its row first.

    `beats` rises about every second; `beat_at`, `connected` and `centres` (how many it serves) are for the desk.
    """

    __tablename__ = "ingest_workers"

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    beats: Mapped[int] = mapped_column(BigInteger, default=0)
    connected: Mapped[bool] = mapped_column(default=False)
    centres: Mapped[int] = mapped_column(default=0)


class IngestSlot(Base):
    """A part of the centres, chosen by a checksum of their ids, and which worker serves it; None for nobody yet."""

    __tablename__ = "ingest_slots"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[int | None] = mapped_column(ForeignKey("ingest_workers.number", ondelete="SET NULL"), index=True)


class Standing(NamedTuple):
    """One process as the desk shows it."""

    name: str
    since: datetime
    beat_at: datetime
    centres: int
    is_silent: bool
    connected: bool


def standings(session: Session, now: datetime) -> list[Standing]:
    """Return how every process that receives stands at `now`, the oldest first."""
    return [
        Standing(each.name, each.since, each.beat_at, each.centres, now - each.beat_at > SILENT_AFTER, each.connected)
        for each in workers(session)
    ]


def workers(session: Session) -> list[IngestWorker]:
    """Return every process that says it receives, the oldest first."""
    return list(session.scalars(select(IngestWorker).order_by(IngestWorker.since, IngestWorker.number)))
