"""How many offers each house has for whom: sums of its programme, so that the city's map of gaps is quick.

They are derived and never the truth: `hub.coverage.sums` reckons them again when events change.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.core.due import DueHouse
from shared.columns import UTCDateTime

__all__ = ["Aspect", "DueHouse", "OfferSum", "Period", "PlaceSum", "ReckonedHouse"]


class Period(StrEnum):
    """Whole weeks, from Monday to Sunday, so that sums hold for a week."""

    COMING = "coming"  # this week and the seven after it
    PAST = "past"  # the eight weeks before this one


class Aspect(StrEnum):
    """What an offer is counted by, besides its theme."""

    ALL = "all"  # nothing else: each offer once
    GROUP = "group"
    LANGUAGE = "language"
    ACCESS = "access"


class OfferSum(Base):
    """Published offers of one house in one period; one with two target groups counts with each.

    `dates` are events; `offers` are series and single events: ten evenings of a course are one.
    """

    __tablename__ = "offer_sums"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    aspect: Mapped[str] = mapped_column(String(10), primary_key=True)
    theme: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    dates: Mapped[int] = mapped_column(Integer)
    offers: Mapped[int] = mapped_column(Integer)


class PlaceSum(Base):
    """The same for all houses of a quarter together: what the pages read, so few rows for any number of houses."""

    __tablename__ = "place_sums"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    aspect: Mapped[str] = mapped_column(String(10), primary_key=True)
    district: Mapped[str] = mapped_column(String(80), primary_key=True)
    quarter: Mapped[str] = mapped_column(String(80), primary_key=True)
    theme: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    dates: Mapped[int] = mapped_column(Integer)
    offers: Mapped[int] = mapped_column(Integer)


class ReckonedHouse(Base):
    """For which week the sums of a house were reckoned, when, and in which place they count.

    `counts` is False for a house that left the network: it has no sums.
    """

    __tablename__ = "reckoned_houses"
    __table_args__ = (Index("ix_reckoned_houses_place", "district", "quarter"),)

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    monday: Mapped[date] = mapped_column(Date)
    district: Mapped[str] = mapped_column(String(80))
    quarter: Mapped[str] = mapped_column(String(80))
    counts: Mapped[bool] = mapped_column(Boolean)
    reckoned_at: Mapped[datetime] = mapped_column(UTCDateTime)
