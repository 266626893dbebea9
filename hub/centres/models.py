"""The profiles of the city's centres. Written by ingest alone."""

from hub.core.db import Base, OfCentre
from shared.records.centres import CentreColumns


class Centre(OfCentre, CentreColumns, Base):
    pass
