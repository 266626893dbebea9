"""What the calendar keeps beside the records: which words lead to which event, and which events are one.

All of it is derived from the typed tables of events, their texts, centres and themes, and never
the truth: it may be emptied and built again (`search.rebuild`). Triggers (see `triggers`) put an
event on the `due` list whenever something changes that its words or its twins come from, whoever
writes it; `search.catch_up` works the list off. Indexing in the trigger itself would have cost
ingest three times what the rest of a record costs.
"""

from datetime import datetime
from hashlib import blake2b

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from hub.calendar import triggers
from hub.core.db import Base
from hub.core.folding import words_of
from shared.columns import RecordId

SLOT_BITS = 14  # events of one second and one title have numbers that differ in these bits only
_TITLE_BITS = 16
_LAST_SECOND = 2**32 - 1  # later years share it: their order no longer matters, the number must fit 63 bits


class EventWords(Base):
    """The folded words of one event.

    `number` begins with the second at which the event starts, so that the full-text index
    yields its hits in the order of time and can stop after a page; a hash of the title
    follows, so that events which might be the same one stand side by side.
    """

    __tablename__ = "event_words"
    __table_args__ = (
        UniqueConstraint("event_id", "centre_id"),  # the id first: UUIDv7 grow at the end of an index
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    centre_id: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[str] = mapped_column(RecordId)
    words: Mapped[str] = mapped_column(Text)


class EventWordsDue(Base):
    """Events whose words and twins have to be looked at again. Filled by triggers alone."""

    __tablename__ = "event_words_due"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    event_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)


class EventTwin(Base):
    """An event that another house publishes, too; events without a twin have no row here.

    Twins share `set_number`, the number of the first of them; `rank` is their order, the house
    where it takes place before the others. Which of them a list shows is decided when it is
    read: the first that passes the list's filters.
    """

    __tablename__ = "event_twins"
    __table_args__ = (Index("ix_event_twins_set", "set_number", "rank"), {"sqlite_with_rowid": False})

    event_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    set_number: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[int] = mapped_column(SmallInteger)


def number_of(starts_at: datetime) -> int:
    """Return the lowest number in the index of an event that starts then."""
    return min(max(int(starts_at.timestamp()), 0), _LAST_SECOND) << (_TITLE_BITS + SLOT_BITS)


def wished_number(starts_at: datetime, title: str, event_id: str) -> int:
    """Return the number that an event would like to have: its second, its title, the random end of its id."""
    mark = blake2b(" ".join(words_of(title)).encode(), digest_size=_TITLE_BITS // 8).digest()
    within = int(event_id[-7:], 16) % (1 << SLOT_BITS)
    return number_of(starts_at) + (int.from_bytes(mark) << SLOT_BITS) + within


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", triggers.create)
event.listen(Base.metadata, "before_drop", triggers.drop)
