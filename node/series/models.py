"""Series of bookings and of events, and the dates of them that do not take place.

Rule: a series says the truth about each of its dates. What changes for the coming ones makes a
new series that `follows` this one; only the end of a series moves in place.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Integer, String, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from node.series.recurrence import Pattern
from node.series.rule import read
from shared.columns import RecordId, Tags, UTCDateTime
from shared.ids import new_id
from shared.records.base import TITLE_LENGTH_MAX


class SeriesColumns:
    """What repeats: a rule in the wall time of `zone`, with the kinds of holidays that it leaves out."""

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id, sort_order=-10)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    rule: Mapped[str] = mapped_column(Text)  # as `rule.read` understands it
    zone: Mapped[str] = mapped_column(String(60))
    first_day: Mapped[date] = mapped_column(Date)
    starts_local: Mapped[time] = mapped_column(Time)
    length_min: Mapped[int] = mapped_column(Integer)  # by the clock on the wall, past midnight too
    skips: Mapped[tuple[str, ...]] = mapped_column(Tags, default=())  # kinds of `shared.records.holidays`
    space_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    follows_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    made_by: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")

    @property
    def pattern(self) -> Pattern:
        """The rule with its first date, ready to be expanded."""
        starts = datetime.combine(self.first_day, self.starts_local)
        zone = ZoneInfo(self.zone)
        return Pattern(read(self.rule, zone), starts, starts + timedelta(minutes=self.length_min), zone)

    @pattern.setter
    def pattern(self, wanted: Pattern) -> None:
        wanted = wanted.settled()
        self.rule, self.zone = wanted.rule.text(), wanted.zone.key
        self.first_day, self.starts_local = wanted.starts.date(), wanted.starts.time()
        self.length_min = (wanted.ends - wanted.starts) // timedelta(minutes=1)


class BookingSeries(SeriesColumns, Base):
    """What each of its bookings says. Names and numbers stay in the house."""

    __tablename__ = "booking_series"

    kind: Mapped[str] = mapped_column(String(20))
    contact_name: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    contact_phone: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    persons: Mapped[int | None] = mapped_column(Integer, default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    tenant_id: Mapped[str | None] = mapped_column(RecordId, default=None)
    equipment: Mapped[str] = mapped_column(Text, default="")  # JSON: item id -> count, of each date; '' for none
    fee_class_id: Mapped[str | None] = mapped_column(RecordId, default=None)  # agreed for each date that is a rental


class EventSeries(SeriesColumns, Base):
    """What each of its events says: `entry` is a JSON object with what is not a column here."""

    __tablename__ = "event_series"

    entry: Mapped[str] = mapped_column(Text)
    published: Mapped[bool] = mapped_column(Boolean, default=False)  # whether dates added later are, at once


class Omission(Base):
    """A date of a series that does not take place, and why; so that nothing is missing in silence.

    `reason` is one of `recurrence.Reason`, or TAKEN (`blocked_by` is the booking in the way), or
    REFUSED (`detail` names the rule of the house that is against it).
    """

    __tablename__ = "series_omissions"
    __table_args__ = (UniqueConstraint("series_id", "occurrence_on"),)

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    series_id: Mapped[str] = mapped_column(RecordId)
    occurrence_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(TITLE_LENGTH_MAX), default="")
    blocked_by: Mapped[str | None] = mapped_column(RecordId, default=None)
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    noted_by: Mapped[str] = mapped_column(String(80), default="")


TAKEN = "taken"
REFUSED = "refused"
