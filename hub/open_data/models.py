"""How the city publishes its data, and when each data set last changed. The hub's own; nothing of it travels."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime


class OpenDataTerms(Base):
    """One row at most: `hub.open_data.terms` says what holds without it."""

    __tablename__ = "open_data_terms"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    threshold: Mapped[int] = mapped_column(Integer)
    licence: Mapped[str] = mapped_column(String(40))
    publisher: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(200))
    contributor: Mapped[str] = mapped_column(String(200))
    municipality_key: Mapped[str] = mapped_column(String(8))


class DatasetState(Base):
    """What a data set looked like at the last look; `fingerprint` differs whenever its rows do."""

    __tablename__ = "open_data_states"

    dataset: Mapped[str] = mapped_column(String(40), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
