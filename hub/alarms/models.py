"""What is wrong in the network, what was said about it, and the rules by which it is called wrong.

None of it travels, and none of it names a person but who acknowledged an alarm here.
"""

from datetime import datetime, time

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime
from shared.ids import new_id

NOTE_LENGTH_MAX = 500


class Alarm(Base):
    """Something that is, or was, wrong. `subject` is a centre, a job, or '' for the hub itself.

    It is noticed first and opened once it has lasted as long as its kind asks for. `value` and
    `threshold` are of the last look; `reason` is a short text of the engine, never content.
    """

    __tablename__ = "alarms"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(64))
    noticed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None, index=True)
    closing: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[int] = mapped_column(Integer)
    threshold: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    acknowledged_by: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH_MAX), default="")


_OPEN: ColumnElement[bool] = Alarm.__table__.c.closed_at.is_(None)
# There is one open alarm of a kind for a subject, whoever looks at the same time.
Index("uq_alarms_open", Alarm.kind, Alarm.subject, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)


class AlarmRule(Base):
    """What a person changed of a kind's rule; without a row the kind's own default holds."""

    __tablename__ = "alarm_rules"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    active: Mapped[bool] = mapped_column(default=True)
    threshold: Mapped[int] = mapped_column(Integer)


class QuietHours(Base):
    """One row, number 1: from when until when (wall times of the city) no mail is sent, other than tests."""

    __tablename__ = "alarm_quiet_hours"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    starts_local: Mapped[time] = mapped_column(Time)
    ends_local: Mapped[time] = mapped_column(Time)


class AlarmLetter(Base):
    """A message about one or several alarms, on its way by one channel. It is here before it is sent."""

    __tablename__ = "alarm_letters"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(10))
    notices: Mapped[str] = mapped_column(Text)  # JSON: what it is about, as of then
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)  # None: sent, or given up
    tries: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    failure: Mapped[str] = mapped_column(String(200), default="")  # of the last try


class LetterAlarm(Base):
    """Which alarms a letter is about."""

    __tablename__ = "alarm_letter_alarms"

    letter_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("alarm_letters.id", ondelete="CASCADE"), primary_key=True
    )
    alarm_id: Mapped[str] = mapped_column(
        String(36), ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True, index=True
    )
