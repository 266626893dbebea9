"""Visits of all houses, by hour, kind and target group. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.visits import HourCountColumns


class HourCount(OfCentre, HourCountColumns, Base):
    pass
