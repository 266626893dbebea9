"""What other rooms ask about the network: who belongs to it, and how old each centre's data are."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.db import LEDGER
from hub.network.models import Member, RejectedMessage
from shared.replication.ledger.health import SET_ASIDE
from shared.replication.ledger.shelves import Status


class Expected(NamedTuple):
    """A centre that should report. `as_of` is when its records were last proven to be the same here.

    `heard_at` is when it last said anything; it may still be catching up then.
    """

    centre_id: str
    name: str
    as_of: datetime | None
    heard_at: datetime | None


def expected_centres(session: Session) -> list[Expected]:
    """Return the admitted centres that were not revoked, by name."""
    columns = Member.centre_id, Member.name, Member.agreed_up_at, Member.heard_at
    found = select(*columns).where(Member.revoked_at.is_(None)).order_by(Member.name, Member.centre_id)
    return [Expected(*row) for row in session.execute(found)]


class Counts(NamedTuple):
    """The network in four figures: members, how many are online, what was set aside, what was rejected."""

    members: int
    online: int
    set_aside: int
    rejected: int


def counts(session: Session) -> Counts:
    """Return the figures above the list of links."""
    present = Member.revoked_at.is_(None)
    members = session.scalar(select(func.count()).select_from(Member).where(present)) or 0
    online = session.scalar(select(func.count()).select_from(Member).where(present, Member.online)) or 0
    rejected = session.scalar(select(func.coalesce(func.sum(RejectedMessage.count), 0))) or 0
    return Counts(members, online, set_aside_count(session), rejected)


def set_aside_count(session: Session, feed: str | None = None) -> int:
    """Return how many records are here but not shown, of one feed or of all."""
    records = LEDGER.shelves.replica.records
    found = select(func.count()).select_from(records)
    found = found.where(records.c.status != Status.OK, records.c.status.in_(SET_ASIDE))  # the first names the index
    return session.scalar(found if feed is None else found.where(records.c.feed == feed)) or 0


def names(session: Session) -> dict[str, str]:
    """Return what every centre that was ever admitted is called, by id."""
    return {row.centre_id: row.name for row in session.execute(select(Member.centre_id, Member.name))}
