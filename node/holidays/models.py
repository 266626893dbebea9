"""Holidays as a house knows them: the city's, and days of its own that stay here."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.holidays import HolidayColumns


class CityHoliday(HolidayColumns, Base):
    """School holidays and special days; written by the hub."""


class HouseDay(Base):
    """A special day of this house, which series may leave out. It does not close the house; a closure does."""

    __tablename__ = "house_days"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
