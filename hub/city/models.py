"""The city that this hub serves: its districts and their quarters. The hub's own; nothing of it travels."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class District(Base):
    """A Stadtbezirk. `rank` is the order in which the city lists its districts."""

    __tablename__ = "districts"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    rank: Mapped[int] = mapped_column()


class Quarter(Base):
    """A Stadtteil (Ortsteil) of one district; its name is unique in the city."""

    __tablename__ = "quarters"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    district: Mapped[str] = mapped_column(ForeignKey("districts.name", ondelete="CASCADE"), index=True)
    rank: Mapped[int] = mapped_column()
