"""When the house is open."""

from node.core.db import Base
from shared.records.opening_hours import OpeningHoursColumns


class OpeningHours(OpeningHoursColumns, Base):
    pass
