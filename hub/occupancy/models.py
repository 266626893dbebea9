"""Open and used time of spaces by month, added up before anybody asks.

Derived from the typed tables of spaces, hours, bookings and centres, and never the truth: it may
be emptied and built again (`summing.rebuild`). Triggers (see `triggers`) note which months of
which house are due, whoever writes; `summing` works the list off in two steps, so that no writer
ever waits for sums: first what is due is taken from the triggers' list and put on the job's own.

Months are written `2026-11`; they are those of the house's own wall clock.
"""

from datetime import date

from sqlalchemy import Boolean, Date, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.occupancy import triggers
from shared.columns import RecordId

MONTH_LENGTH = len("2026-11")


class Seconds:
    """Mixin: what is added up; see `adding.Amounts`. Eight hundred spaces that never close fit."""

    open_s: Mapped[int] = mapped_column(Integer, sort_order=10)
    inside_s: Mapped[int] = mapped_column(Integer, sort_order=11)
    outside_s: Mapped[int] = mapped_column(Integer, sort_order=12)
    blocked_s: Mapped[int] = mapped_column(Integer, sort_order=13)


class OccupancyMonth(Seconds, Base):
    """The time of one space in one part of the week; `top` as in `adding.Line`. No row: all is zero.

    The month leads here as well: a period is one stretch of the table, whoever asks.
    """

    __tablename__ = "occupancy_months"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    month: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    space_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    top: Mapped[bool] = mapped_column(Boolean, primary_key=True)


class OccupancyHouse(Seconds, Base):
    """The space hours of a whole house. The month leads: the city asks for a period of all houses."""

    __tablename__ = "occupancy_houses"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    month: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class OccupancySpan(Base):
    """The days [first_day, before_day) on which a space was on offer, as far as records tell."""

    __tablename__ = "occupancy_spans"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    space_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    first_day: Mapped[date] = mapped_column(Date)
    before_day: Mapped[date] = mapped_column(Date)


class OccupancyDue(Base):
    """Months that something changed in, from the first to the last. Filled by triggers alone."""

    __tablename__ = "occupancy_due"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    first: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)
    last: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)


class OccupancyToDo(Base):
    """Months that have to be added up. Written by the job alone."""

    __tablename__ = "occupancy_to_do"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[str] = mapped_column(String(MONTH_LENGTH), primary_key=True)


class OccupancyReach(Base):
    """The month up to which every house is added up: one row, none before the first time."""

    __tablename__ = "occupancy_reach"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[str] = mapped_column(String(MONTH_LENGTH))


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", triggers.create)
