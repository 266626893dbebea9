"""When each house is open. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.opening_hours import OpeningHoursColumns


class OpeningHours(OfCentre, OpeningHoursColumns, Base):
    pass
