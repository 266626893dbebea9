"""The rooms of all houses. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.spaces import SpaceColumns


class Space(OfCentre, SpaceColumns, Base):
    pass
