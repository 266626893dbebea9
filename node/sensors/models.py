"""Door sensors, their messages, and what could not be understood. None of it travels."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id

KEY_LENGTH = 40
MESSAGE_ID_LENGTH = 64
EXCERPT_LENGTH = 160


class Direction(StrEnum):
    """What a visitor is to a sensor: one who came in, or one who passed twice (in and out)."""

    IN = "in"
    BOTH_HALVED = "both_halved"


class Sensor(Base):
    """A sensor at a door. `key` names it in its topic; `token_hash` is '' where it may not send over HTTP."""

    __tablename__ = "sensors"

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    door: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(20), default=Direction.IN)
    percent: Mapped[int] = mapped_column(Integer, default=100)  # 90 where one passage in ten is staff
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    token_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    token_made_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None, info={"quiet": True})
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SensorCount(Base):
    """A message of a sensor. Its id is the sensor's own, so that a repeated message counts once.

    `held_back`: its month was locked when it came.
    """

    __tablename__ = "sensor_counts"
    __audited__ = False  # the rows themselves are the log

    sensor_id: Mapped[str] = mapped_column(RecordId, ForeignKey("sensors.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(MESSAGE_ID_LENGTH), primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    came_in: Mapped[int] = mapped_column(Integer)
    went_out: Mapped[int] = mapped_column(Integer)
    held_back: Mapped[bool] = mapped_column(Boolean, default=False, index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SensorRejection(Base):
    """A message that could not be counted, with its reason; only the latest few are kept."""

    __tablename__ = "sensor_rejections"
    __audited__ = False

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    sensor: Mapped[str] = mapped_column(String(KEY_LENGTH))
    way: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
    excerpt: Mapped[str] = mapped_column(String(EXCERPT_LENGTH), default="")
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
