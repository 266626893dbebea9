"""The opening norm. Written here; travels to every node."""

from hub.core.db import Base
from shared.records.norms import NormColumns


class OpeningNorm(NormColumns, Base):
    pass
