"""What centres keep here: encrypted backups (files, listed) and the ids of what they erased. None of it travels."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime


class CentreBackup(Base):
    """A whole backup on the shelf. `made_at` is what the centre says, `received_at` by the hub's clock."""

    __tablename__ = "centre_backups"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class CentreErasure(Base):
    """A record that a centre erased at the wish of its person: kind and id, no name."""

    __tablename__ = "centre_erasures"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CallNonce(Base):
    """A nonce that was used: the same call does not count twice."""

    __tablename__ = "call_nonces"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(40), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
