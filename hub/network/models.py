"""The members of the network, what is known of each link, and messages that were set aside.

None of it travels. `Member` is the registry: whom the hub believes, and by which key.
"""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.network.joining.models import Invitation
from hub.network.terms import HubTerm
from hub.network.workers import IngestSlot, IngestWorker
from shared.columns import UTCDateTime
from shared.replication.rejections import RejectedMessageColumns

__all__ = [
    "CentreProgram",
    "HubTerm",
    "IngestFacts",
    "IngestSlot",
    "IngestWorker",
    "Invitation",
    "LinkChange",
    "Member",
    "RejectedMessage",
]


class Member(Base):
    """A centre that was admitted. `instance` is the installation that its feeds are bound to.

    The first instance that speaks with the right key is bound. Another one with the same key is
    a copied memory card, or a new machine that a person has to let in: it is noted as the rival
    and not served.

    `next_key` will follow `public_key` with its first own word; `hub_key` is which of the hub's keys the
    centre is known to believe. `machine` is what its people call the computer, `trouble` why it says that its
    own feed has stopped, `twin_at` when two processes with this very installation were last seen to be alive.
    """

    __tablename__ = "members"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[str] = mapped_column(String(60))
    admitted_at: Mapped[datetime] = mapped_column(UTCDateTime)  # the last time
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)  # it went by itself
    sealing_key: Mapped[str | None] = mapped_column(String(60), default=None)  # None: admitted by its key alone
    access_number: Mapped[int] = mapped_column(default=0, server_default="0")  # of its credentials at the broker
    next_key: Mapped[str | None] = mapped_column(String(60), default=None)
    hub_key: Mapped[str | None] = mapped_column(String(60), default=None)
    sealing_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    instance: Mapped[str | None] = mapped_column(String(64), default=None)
    bound_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    machine: Mapped[str | None] = mapped_column(String(120), default=None)
    trouble: Mapped[str | None] = mapped_column(String(120), default=None)
    twin_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    rival_instance: Mapped[str | None] = mapped_column(String(64), default=None)
    rival_first_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    rival_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    rival_machine: Mapped[str | None] = mapped_column(String(120), default=None)
    online: Mapped[bool] = mapped_column(default=False)
    online_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    reported_head: Mapped[int] = mapped_column(
        BigInteger, default=0
    )  # the last revision of its feed that the centre spoke of
    agreed_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    agreed_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class IngestFacts(Base):
    """One row, number 1: whether the hub itself has a connection; `beat_at` ends with the process.

    `batches` came in with `records` in them, some of them twice; `rejected` messages were not taken.
    """

    __tablename__ = "ingest_facts"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    connected: Mapped[bool] = mapped_column(default=False)
    connected_changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    batches: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    records: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    rejected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class RejectedMessage(RejectedMessageColumns, Base):
    pass


class CentreProgram(Base):
    """Which program a centre said it runs; centres with a program that does not say so have no row."""

    __tablename__ = "centre_programs"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    database: Mapped[str] = mapped_column(String(40))
    records: Mapped[str] = mapped_column(Text)  # JSON: {collection: version}
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)  # the first time that it said just this


class LinkChange(Base):
    """A centre's link changed its state; a bounded number of rows for each centre."""

    __tablename__ = "link_changes"

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
