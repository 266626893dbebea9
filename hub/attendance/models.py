"""How many registered for the events of all houses, and came. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.attendance import AttendanceColumns


class EventAttendance(OfCentre, AttendanceColumns, Base):
    pass
