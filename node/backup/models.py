"""The public half of the recovery key, and what became of each backup. None of it travels."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import RecordId, UTCDateTime
from shared.ids import new_id

HUB = "hub"  # the place that is no folder
MADE = "made"  # not a place: making or checking the backup itself failed


class RecoveryKey(Base):
    """One row, number 1: backups are made for this key. `checked_at`: when somebody last typed the code rightly."""

    __tablename__ = "recovery_keys"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    public: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class BackupRun(Base):
    """A backup came to a place, or did not: then `problem` says why, in a word. `rows` is what was read back."""

    __tablename__ = "backup_runs"
    __audited__ = False  # is a log itself

    id: Mapped[str] = mapped_column(RecordId, primary_key=True, default=new_id)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    place: Mapped[str] = mapped_column(String(300))
    problem: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
