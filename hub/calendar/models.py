"""The search index of the calendar: which words lead to which event.

Derived from the typed tables of events, centres and themes, and never the truth: it may be
emptied and built again (`search.rebuild`). Triggers (see `triggers`) put an event on the
`due` list whenever something that its words come from changes, whoever writes it;
`search.catch_up` works the list off. Indexing in the trigger itself would have cost ingest
three times what the rest of a record costs.
"""

from sqlalchemy import BigInteger, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from hub.calendar import triggers
from hub.core.db import Base
from shared.columns import RecordId


class EventWords(Base):
    """The folded words of one event.

    `number` begins with the second at which the event starts, so that the full-text index
    yields its hits in the order of time and can stop after a page.
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
    """Events whose words have to be looked at again. Filled by triggers alone."""

    __tablename__ = "event_words_due"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    event_id: Mapped[str] = mapped_column(RecordId, primary_key=True)
    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", triggers.create)
event.listen(Base.metadata, "before_drop", triggers.drop)
