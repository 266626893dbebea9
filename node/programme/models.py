"""The offers and events of this house."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from node.core.db import Base
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.events import EventColumns


class Event(EventColumns, Base):
    """`source_uid` and `source_recurrence_id` say which entry of an imported calendar this is."""

    source_uid: Mapped[str | None] = mapped_column(String(500), default=None, index=True)
    source_recurrence_id: Mapped[str | None] = mapped_column(String(TITLE_LENGTH_MAX), default=None)
    source_sequence: Mapped[int] = mapped_column(Integer, default=0)
