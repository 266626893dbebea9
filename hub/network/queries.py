"""What other rooms ask about the network: who belongs to it, how each link stands, how old each centre's data are."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.core.db import LEDGER
from hub.network import links
from hub.network.links import CentreLink
from hub.network.models import IngestFacts, Member, RejectedMessage
from shared.replication.ledger.health import SET_ASIDE, SetAside
from shared.replication.ledger.shelves import Status

__all__ = [
    "CentreLink",
    "Connection",
    "Counts",
    "Expected",
    "Kept",
    "all_links",
    "counts",
    "expected_centres",
    "ingest_facts",
    "names",
    "own_connection",
    "set_aside",
    "set_aside_count",
    "set_aside_reasons",
]


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


def admissions(session: Session) -> dict[str, datetime]:
    """Return since when each centre that was not revoked belongs to the network, by id."""
    found = select(Member.centre_id, Member.admitted_at).where(Member.revoked_at.is_(None))
    return {row.centre_id: row.admitted_at for row in session.execute(found)}


def all_links(session: Session, now: datetime) -> list[CentreLink]:
    """Return how the link of every centre stands, by name."""
    return links.network_state(session, now, ledger=LEDGER)


def ingest_facts(session: Session) -> IngestFacts | None:
    """Return what ingest has noted of itself, None before its first start."""
    return session.get(IngestFacts, 1)


class Connection(NamedTuple):
    """The hub's own connection to the broker: whether it has one, and since when that is so."""

    up: bool
    since: datetime


def own_connection(session: Session, now: datetime) -> Connection:
    """Return how the hub's own connection stands; one that never was is lost since now."""
    facts = session.get(IngestFacts, 1)
    if facts is None:
        return Connection(False, now)
    if not facts.connected:
        return Connection(False, facts.connected_changed_at)
    alive = links.hub_connected(session, now)
    return Connection(alive, facts.connected_changed_at if alive else facts.beat_at)


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


class Kept(NamedTuple):
    """Which of the records that were set aside: of a feed, of a status, for a reason; all if nothing is said."""

    feed: str | None = None
    status: str = ""
    reason: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        columns = LEDGER.shelves.replica.records.c
        statuses = [self.status] if self.status in SET_ASIDE else SET_ASIDE
        found = [columns.status != Status.OK, columns.status.in_(statuses)]  # the first names the index
        if self.feed is not None:
            found.append(columns.feed == self.feed)
        if self.reason:
            found.append(columns.reason == self.reason)
        return found


ALL_KEPT = Kept()


def set_aside_count(session: Session, kept: Kept = ALL_KEPT) -> int:
    """Return how many records are here but not shown."""
    records = LEDGER.shelves.replica.records
    return session.scalar(select(func.count()).select_from(records).where(*kept.conditions)) or 0


def feeds_with_set_aside(session: Session) -> set[str]:
    """Return the feeds that have records which are here but not shown."""
    records = LEDGER.shelves.replica.records
    return set(session.scalars(select(records.c.feed).where(*ALL_KEPT.conditions).distinct()))


def set_aside(session: Session, kept: Kept, *, offset: int, limit: int) -> list[SetAside]:
    """Return a page of the records that are here but not shown, with the reason of each."""
    records = LEDGER.shelves.replica.records
    query = select(*(records.c[name] for name in SetAside._fields)).where(*kept.conditions)
    query = query.order_by(records.c.feed, records.c.collection, records.c.record_id)
    return [SetAside(*row) for row in session.execute(query.offset(offset).limit(limit))]


def set_aside_reasons(session: Session, kept: Kept, limit: int = 10) -> list[tuple[str, int]]:
    """Return the most frequent reasons, whatever reason is asked for, and how many records have each."""
    records = LEDGER.shelves.replica.records
    counted = select(records.c.reason, func.count()).where(*kept._replace(reason="").conditions)
    counted = counted.group_by(records.c.reason).order_by(func.count().desc(), records.c.reason).limit(limit)
    return [(row[0] or "", row[1]) for row in session.execute(counted)]


def names(session: Session) -> dict[str, str]:
    """Return what every centre that was ever admitted is called, by id."""
    return {row.centre_id: row.name for row in session.execute(select(Member.centre_id, Member.name))}


def revoked(session: Session) -> set[str]:
    """Return the ids of centres that no longer belong to the network; what they reported stays, but is of the past."""
    return set(session.scalars(select(Member.centre_id).where(Member.revoked_at.is_not(None))))
