"""By what the finder knows that what it remembers of a house still holds.

Rule: triggers (see `triggers`) give a house another stamp whenever its profile, its spaces or
one of its hours change, whoever writes them. Bookings change all day and are never remembered.
"""

from sqlalchemy import BigInteger, String, event
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.finder import triggers


class HouseStamp(Base):
    """`stamp` is drawn at random: a number that counts would come again after a transaction that failed."""

    __tablename__ = "house_stamps"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy declares it so)

    centre_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    stamp: Mapped[int] = mapped_column(BigInteger)


# The triggers stand on tables that may be created in any order, so they come after all of them.
event.listen(Base.metadata, "after_create", triggers.create)
