"""Visits of all houses, by hour, kind and target group, and which days were counted. Written by ingest alone."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, OfCentre
from shared.columns import UTCDateTime
from shared.records.visit_days import VisitDayColumns
from shared.records.visits import HourCountColumns


class HourCount(OfCentre, HourCountColumns, Base):
    """Read by centre and time: what a late correction touches is found among ten million hours.

    That index takes the place of the one by time alone that a house has: each costs every record.
    """

    __table_args__ = (Index("ix_visits_centre_hour", "centre_id", "hour_starts_at"),)

    hour_starts_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VisitDay(OfCentre, VisitDayColumns, Base):
    """How to read it stands in `shared.records.visit_days`."""
