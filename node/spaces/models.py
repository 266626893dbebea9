"""The house's rooms."""

from node.core.db import Base
from shared.records.spaces import SpaceColumns


class Space(SpaceColumns, Base):
    pass
