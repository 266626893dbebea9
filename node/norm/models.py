"""The city's opening norm; written by the hub."""

from node.core.db import Base
from shared.records.norms import NormColumns


class OpeningNorm(NormColumns, Base):
    pass
