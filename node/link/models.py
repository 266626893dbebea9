"""What the house keeps about its link: the switch, the facts that the pages show, what was set aside.

None of it travels. Each of the first three tables has one row, number 1.
"""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.columns import UTCDateTime
from shared.replication.rejections import RejectedMessageColumns


class LinkSettings(Base):
    """The switch. Without the row the link is on."""

    __tablename__ = "link_settings"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    on: Mapped[bool] = mapped_column(default=True)
    switched_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LinkFacts(Base):
    """What the courier last knew. `beat_at` tells how much that is worth: it ends with the process."""

    __tablename__ = "link_facts"
    __audited__ = False  # written with every beat

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    connected: Mapped[bool] = mapped_column(default=False)
    connected_changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hub_online: Mapped[bool | None] = mapped_column(default=None)  # None: nobody has said anything yet
    hub_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    behind_since: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class HubTrust(Base):
    """Which key and which installation of the hub are believed; see `node.link.trust`.

    `configured_key` is what the settings said when the belief was last settled: a person who changes the
    setting wins over what was learned. `term_number` and `hub_instance` are the highest term heard of.
    `rival_instance` is another installation that spoke as the hub and was not heard.
    """

    __tablename__ = "hub_trust"
    __audited__ = False  # written by the courier alone

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    configured_key: Mapped[str] = mapped_column(String(60))
    believed_key: Mapped[str] = mapped_column(String(60))
    next_key: Mapped[str | None] = mapped_column(String(60), default=None)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    term_number: Mapped[int] = mapped_column(BigInteger, default=0)
    hub_instance: Mapped[str] = mapped_column(String(64), default="")
    bound_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    rival_instance: Mapped[str | None] = mapped_column(String(64), default=None)
    rival_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class RejectedMessage(RejectedMessageColumns, Base):
    __audited__ = False  # is a log itself
