"""The city's themes; written by the hub."""

from node.core.db import Base
from shared.records.themes import ThemeColumns


class Theme(ThemeColumns, Base):
    pass
