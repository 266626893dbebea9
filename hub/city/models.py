"""The city that this hub serves: its districts. The hub's own; nothing of it travels."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class District(Base):
    """A Stadtbezirk. `rank` is the order in which the city lists its districts."""

    __tablename__ = "districts"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    rank: Mapped[int] = mapped_column()
