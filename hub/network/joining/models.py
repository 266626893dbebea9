"""The join codes that were made. Nothing in here lets anybody join: the codes themselves are not kept."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime
from shared.ids import RECORD_ID_LENGTH


class Kind(StrEnum):
    """What a code is for."""

    NEW = "new"  # a centre that is no member yet
    REPLACEMENT = "replacement"  # another machine for a member: the old one is out when the code is used
    CREDENTIALS = "credentials"  # new credentials at the broker for the machine of a member


class Invitation(Base):
    """A one-time code. `code_name` finds it, `code_key` proves that somebody knows it; neither tells it.

    `hub_key` is the hub's key when the code was made and `hub_proof` the word that vouches for it; only
    the code can check it. `refused_…` is another installation that came with the code when it was used.
    """

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(RECORD_ID_LENGTH), primary_key=True)
    code_name: Mapped[str] = mapped_column(String(32), unique=True)
    code_key: Mapped[str] = mapped_column(String(60))
    hub_key: Mapped[str] = mapped_column(String(60))
    hub_proof: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    centre_id: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(RECORD_ID_LENGTH))  # an account; commands have none: ''
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    used_instance: Mapped[str | None] = mapped_column(String(64), default=None)
    used_key: Mapped[str | None] = mapped_column(String(60), default=None)
    used_sealing_key: Mapped[str | None] = mapped_column(String(60), default=None)
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    refused_instance: Mapped[str | None] = mapped_column(String(64), default=None)
    refused_key: Mapped[str | None] = mapped_column(String(60), default=None)
