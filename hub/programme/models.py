"""What is on in all houses. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.events import EventColumns


class Event(OfCentre, EventColumns, Base):
    pass
