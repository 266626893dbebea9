"""Which installation is the city's living hub: a term, and the machine that has it.

Taking over raises the term; everybody who hears of a higher one (the houses, an older hub that is still
running) turns to it. A database that was carried to another machine knows whose term it was:
that machine stays silent until a person lets it take over. So a restored copy never speaks by itself.

Rule: the number only ever rises. It is the time in seconds where that is higher, so that two copies that
are both made to take over agree on who was last, without knowing of each other.
"""

from datetime import datetime

from sqlalchemy import BigInteger, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base
from shared.columns import UTCDateTime
from shared.replication.ledger import Ledger
from shared.replication.messages import NO_TERM, TERM_MAX, Term

NUMBER_MAX = TERM_MAX // 2  # above it is room for as many takings over as there may ever be


class HubTerm(Base):
    """One row, number 1. `higher_…` is the hub that has taken over from this database's."""

    __tablename__ = "hub_terms"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(BigInteger)
    instance: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    higher_number: Mapped[int | None] = mapped_column(BigInteger, default=None)
    higher_instance: Mapped[str | None] = mapped_column(String(64), default=None)
    higher_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


def settle(session: Session, instance: str, now: datetime, ledger: Ledger) -> None:
    """Note whose hub this database is, at the first start of a program that knows terms.

    The feeds know on which machine they were opened: a copy that is started elsewhere does not pass for the hub.
    """
    if session.get(HubTerm, 1) is None:
        feeds = ledger.shelves.source.feeds
        if session.connection().dialect.name == "postgresql":  # several ingests may start at once
            session.execute(text(f"LOCK TABLE {feeds.name} IN EXCLUSIVE MODE"))
            session.expire_all()
            if session.get(HubTerm, 1) is not None:
                return
        bound = session.scalars(select(feeds.c.instance).order_by(feeds.c.name).limit(1)).first()
        session.add(HubTerm(id=1, number=1, instance=bound or instance, since=now))
        session.flush()


def current(session: Session) -> Term:
    """Return the term of this database."""
    row = session.get(HubTerm, 1)
    return NO_TERM if row is None else Term(row.number, row.instance)


def may_serve(session: Session, instance: str) -> bool:
    """Tell whether this installation is the city's hub, as far as this database knows."""
    row = session.get(HubTerm, 1)
    return row is None or (row.instance == instance and row.higher_number is None)


def hear(session: Session, heard: Term, now: datetime) -> None:
    """Take note of a term that somebody spoke of: another hub's higher one ends ours, our own only raises it."""
    row = session.get(HubTerm, 1)
    if row is None or heard.number > NUMBER_MAX or heard <= Term(row.number, row.instance):
        return
    if heard.instance == row.instance:
        row.number = heard.number  # the database was restored to before it took over
    elif heard > Term(row.higher_number or 0, row.higher_instance or ""):
        row.higher_number, row.higher_instance, row.higher_at = heard.number, heard.instance, now


def take_over(session: Session, instance: str, now: datetime) -> None:
    """Make this installation the city's hub: a person decided so. The one before is no longer heard."""
    row = session.get(HubTerm, 1)
    known = max(row.number, row.higher_number or 0) if row else 0
    number = max(known + 1, int(now.timestamp()))
    if row is None:
        session.add(HubTerm(id=1, number=number, instance=instance, since=now))
        return
    row.number, row.instance, row.since = number, instance, now
    row.higher_number = row.higher_instance = row.higher_at = None
