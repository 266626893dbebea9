"""The sums that reports are read from: what each centre brought to each month, and each district.

Derived from the typed tables of visits, events, bookings and attendance, and never the truth:
they may be emptied and made again (`sums.rebuild`). Triggers (see `triggers`) note of which
centre and day something changed, whoever writes it; `sums.catch_up` adds those months up again.
Rule: nothing but `sums` and `receipts` writes here.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.reports import triggers
from shared.columns import UTCDateTime

_CLUSTERED = {"sqlite_with_rowid": False}  # one B-tree, in the order in which it is read


class ReportSum(Base):
    """What one centre brought to one month of the city's wall time.

    `way` is how it is split ('' is not at all), `key` the part; `month` is a number like 202611.
    A row of 0 says that 0 was counted; where there is no row nothing was.
    """

    __tablename__ = "report_sums"
    __table_args__ = _CLUSTERED

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    way: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class DistrictSum(Base):
    """The same of all centres of a district together; `parts` says how many rows of centres are in it."""

    __tablename__ = "report_district_sums"
    __table_args__ = _CLUSTERED

    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    way: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    district: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[int] = mapped_column(Integer)


class ReportPlace(Base):
    """Where a centre's sums stand in `report_district_sums`: its district when they were added up."""

    __tablename__ = "report_places"
    __table_args__ = _CLUSTERED

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    district: Mapped[str] = mapped_column(String(80), default="")
    quarter: Mapped[str] = mapped_column(String(80), default="")


class ReportDue(Base):
    """Days of UTC of which something changed since they were added up. Filled by triggers alone.

    `day` is '' where all months of the centre are due.
    """

    __tablename__ = "report_due"
    __table_args__ = _CLUSTERED

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)


class ReportReceipt(Base):
    """When a centre's month was first known to be whole here: the proof of agreement after the month's end."""

    __tablename__ = "report_receipts"
    __table_args__ = _CLUSTERED

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", triggers.create)
