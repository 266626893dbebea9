"""The themes of the city's programme. Written here; travels to every node."""

from hub.core.db import Base
from shared.records.themes import ThemeColumns


class Theme(ThemeColumns, Base):
    pass
