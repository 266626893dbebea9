"""The opening norm, written here for every node; and what the weeks of every house have, reckoned from its records.

The weeks are derived and never the truth: they may be emptied, `hub.norm.weeks` reckons them again.
They are what a week has, not a verdict, so a new norm holds at once for all of them.
"""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.core.due import DueHouse
from shared.columns import UTCDateTime
from shared.records.norms import NormColumns

__all__ = ["DueHouse", "HouseWeek", "OpeningNorm", "OrdinaryWeek"]


class OpeningNorm(NormColumns, Base):
    pass


class _WeekColumns:
    """See `shared.records.norms.Week`; `days` are the weekdays with hours, `012` is Monday to Wednesday."""

    days: Mapped[str] = mapped_column(String(7))
    open_min: Mapped[int] = mapped_column(Integer)
    consultation_min: Mapped[int] = mapped_column(Integer)
    has_weekend: Mapped[bool] = mapped_column(Boolean)


class OrdinaryWeek(_WeekColumns, Base):
    """The ordinary week of a house as it is agreed at `monday`, and whether there are any hours at all."""

    __tablename__ = "ordinary_weeks"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    monday: Mapped[date] = mapped_column(Date)
    has_hours: Mapped[bool] = mapped_column(Boolean)
    reckoned_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HouseWeek(_WeekColumns, Base):
    """A real week of a house, with its seasons, closures, holidays, and published events at the weekend."""

    __tablename__ = "house_weeks"

    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
