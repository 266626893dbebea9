"""The profile of this house."""

from node.core.db import Base
from shared.records.centres import CentreColumns


class Centre(CentreColumns, Base):
    pass
