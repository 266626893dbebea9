"""How long the house keeps what, and what the nightly run removed."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id

KEY_LENGTH_MAX = 40


class RetentionTime(Base):
    """The days that the lead chose for a kind of personal data; without a row the feature's own count."""

    __tablename__ = "retention_times"

    key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX), primary_key=True)
    days: Mapped[int] = mapped_column(Integer)


class ExpiryRun(Base):
    """What one run removed of one kind. `failed` is the name of the error if it could not be done."""

    __tablename__ = "expiry_runs"
    __audited__ = False  # is a log itself

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    ran_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX))
    days: Mapped[int] = mapped_column(Integer)
    removed: Mapped[int] = mapped_column(Integer)
    failed: Mapped[str] = mapped_column(String(80), default="")
