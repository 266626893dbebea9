"""The house's rooms, and the hours in which those of other buildings are ours."""

from node.core.db import Base
from shared.records.space_hours import SpaceHoursColumns
from shared.records.spaces import SpaceColumns


class Space(SpaceColumns, Base):
    pass


class SpaceHours(SpaceHoursColumns, Base):
    pass
