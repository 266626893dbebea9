"""The rooms of all houses, and the hours of guest spaces. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.space_hours import SpaceHoursColumns
from shared.records.spaces import SpaceColumns


class Space(OfCentre, SpaceColumns, Base):
    pass


class SpaceHours(OfCentre, SpaceHoursColumns, Base):
    pass
