"""What the house keeps about its link: the switch, the facts that the pages show, what was set aside.

None of it travels. Each of the first two tables has one row, number 1.
"""

from datetime import datetime

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


class RejectedMessage(RejectedMessageColumns, Base):
    __audited__ = False  # is a log itself
