"""Visits of all houses, by hour, kind and target group, and which days were counted. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.visit_days import VisitDayColumns
from shared.records.visits import HourCountColumns


class HourCount(OfCentre, HourCountColumns, Base):
    pass


class VisitDay(OfCentre, VisitDayColumns, Base):
    """How to read it stands in `shared.records.visit_days`."""
