"""Taps at the counter, corrections of them, what they add up to, and what the house says about its days.

What travels is `HourCount` and `VisitDay`, and of the latter only the columns of its mixin.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, Tags, UTCDateTime
from shared.ids import new_id
from shared.records.visit_days import VisitDayColumns
from shared.records.visits import HourCountColumns

MONTH_LENGTH = 7  # 2026-11


class Tap(Base):
    """One touch of a button: `step` visitors more, or fewer where it was undone. Never leaves the house.

    The id is made on the device before the number there changes, so a replay is harmless.
    """

    __tablename__ = "taps"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    step: Mapped[int] = mapped_column(Integer, default=1)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LateTap(Base):
    """A tap that came when its month was locked: kept aside until somebody decides. `decision` '' is open."""

    __tablename__ = "late_taps"
    __audited__ = False  # each row says what was decided, and by whom

    id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    step: Mapped[int] = mapped_column(Integer, default=1)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(String(20), default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class CountCorrection(Base):
    """Somebody set an hour's count by hand. `difference` is added to what the taps say.

    A difference, not the new number: taps that a tablet sends later still count.
    """

    __tablename__ = "count_corrections"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    hour_starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    difference: Mapped[int] = mapped_column(Integer)
    count_after: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(500))
    corrected_by: Mapped[str] = mapped_column(String(80), default="")
    corrected_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HourCount(HourCountColumns, Base):
    """The absolute count of an hour; this is what travels."""

    __table_args__ = (UniqueConstraint("hour_starts_at", "kind", "target_group"),)


class MeasuredHour(Base):
    """What a sensor says about an hour: kept apart from the taps, so that the house can choose what counts."""

    __tablename__ = "measured_hours"
    __audited__ = False

    sensor_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    hour_starts_at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    count: Mapped[int] = mapped_column(Integer)


class VisitDay(VisitDayColumns, Base):
    """What a day was. The columns here stay in the house; `said_by` '' means that nobody had to say anything.

    `open_hours` are the hours in which the house was open, as the opening hours were at the time. A
    record that came back from the city has no bounds until `days.settle` gives it some.
    """

    __table_args__ = (UniqueConstraint("day"),)

    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True, default=None)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    open_hours: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    reason: Mapped[str] = mapped_column(String(500), default="")
    said_by: Mapped[str] = mapped_column(String(80), default="")
    said_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class MonthLock(Base):
    """A month [starts_at, ends_at) was locked, and maybe reopened. The rows are the log of it."""

    __tablename__ = "month_locks"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    month: Mapped[str] = mapped_column(String(MONTH_LENGTH), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_by: Mapped[str] = mapped_column(String(80))
    locked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reopened_by: Mapped[str] = mapped_column(String(80), default="")
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None, index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")


class CounterButton(Base):
    """A button that the house has put on its counter. `target_group` '' takes the group chosen beside it."""

    __tablename__ = "counter_buttons"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    target_group: Mapped[str] = mapped_column(String(40), default="")
    label: Mapped[str] = mapped_column(String(40), default="")
    rank: Mapped[int] = mapped_column(Integer)


class CountSource(StrEnum):
    """Where the count of an hour comes from that travels, in houses with sensors."""

    TAPS = "taps"
    SENSORS = "sensors"
    BOTH = "both"


class CounterSettings(Base):
    """How this house counts; one row, number 1. Without it all groups are offered and taps count."""

    __tablename__ = "counter_settings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    asks_groups: Mapped[bool] = mapped_column(Boolean, default=True)
    target_groups: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())
    source: Mapped[str] = mapped_column(String(20), default=CountSource.TAPS)
