"""What the pages ask of a ledger: backlog, agreement, what was set aside and why. Reads only,
but for the two lines that forget a candidate.
"""

from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shared.replication.ledger.shelves import Shelves, Status
from shared.replication.messages import Operation, Position

SET_ASIDE = (Status.QUARANTINED, Status.DEFERRED, Status.STUB)


class FeedHealth(NamedTuple):
    """An own feed. `backlog` counts the changes that the receiver has not acknowledged."""

    feed: str
    instance: str
    generation: int
    head: int
    acknowledged: int
    backlog: int
    agreed: Position | None
    fence: str


class ReplicaHealth(NamedTuple):
    """Another side's feed as it is known here. `unconfirmed` rows wait for `confirm_sweep` (R8).

    `records` is None where nobody counted them.
    """

    feed: str
    heard: bool
    revision: int
    agreed: Position | None
    stalled: str | None
    walking: bool
    records: int | None
    quarantined: int
    deferred: int
    stubs: int
    erased: int
    unconfirmed: int
    candidates: int


class SetAside(NamedTuple):
    """A record that is here but not shown: `status` is quarantined, deferred or stub."""

    feed: str
    collection: str
    record_id: str
    revision: int
    schema: int
    status: str
    reason: str


class Candidate(NamedTuple):
    """A version that its owner may have lost. `payload` is None where the record had been deleted."""

    feed: str
    collection: str
    record_id: str
    revision: int
    content_hash: str
    schema: int
    payload: str | None


def open_feeds(session: Session, shelves: Shelves) -> tuple[str, ...]:
    feeds = shelves.source.feeds
    return tuple(session.connection().scalars(select(feeds.c.name).order_by(feeds.c.name)))


def instances(session: Session, shelves: Shelves) -> dict[str, str]:
    feeds = shelves.source.feeds
    return {row.name: row.instance for row in session.connection().execute(select(feeds.c.name, feeds.c.instance))}


def replica_feeds(session: Session, shelves: Shelves) -> tuple[str, ...]:
    replicas = shelves.replica.replicas
    return tuple(session.connection().scalars(select(replicas.c.feed).order_by(replicas.c.feed)))


def erasures(session: Session, shelves: Shelves) -> list[tuple[str, str]]:
    changes = shelves.source.changes
    query = select(changes.c.collection, changes.c.record_id).distinct()
    rows = session.connection().execute(query.where(changes.c.operation == Operation.ERASE))
    return [(row.collection, row.record_id) for row in rows]


def feed_health(session: Session, shelves: Shelves, feed: str) -> FeedHealth | None:
    feeds, changes = shelves.source.feeds, shelves.source.changes
    connection = session.connection()
    row = connection.execute(select(feeds).where(feeds.c.name == feed)).one_or_none()
    if row is None:
        return None
    waiting = select(func.count()).where(changes.c.feed == feed, changes.c.revision > row.acknowledged_revision)
    return FeedHealth(
        feed,
        row.instance,
        row.generation,
        row.head,
        row.acknowledged_revision,
        connection.scalar(waiting) or 0,
        _position(row.agreed_revision, row.agreed_mark),
        row.fence,
    )


def replica_health(session: Session, shelves: Shelves, feed: str) -> ReplicaHealth:
    replicas, records, lost = shelves.replica
    connection = session.connection()
    state = connection.execute(select(replicas).where(replicas.c.feed == feed)).one_or_none()
    if state is None:
        return unheard(feed)
    of_feed = select(func.count()).select_from(records).where(records.c.feed == feed)
    exceptional = select(records.c.status, func.count()).where(records.c.feed == feed, records.c.status != Status.OK)
    counts = {row[0]: row[1] for row in connection.execute(exceptional.group_by(records.c.status))}
    gone = counts.get(Status.ERASED, 0) + counts.get(Status.DELETED, 0)
    return ReplicaHealth(
        feed,
        True,
        state.revision,
        _position(state.agreed_revision, state.agreed_mark),
        state.stalled,
        state.walk is not None,
        (connection.scalar(of_feed) or 0) - gone,
        counts.get(Status.QUARANTINED, 0),
        counts.get(Status.DEFERRED, 0),
        counts.get(Status.STUB, 0),
        counts.get(Status.ERASED, 0),
        state.unconfirmed,
        connection.scalar(select(func.count()).select_from(lost).where(lost.c.feed == feed)) or 0,
    )


def all_feeds(session: Session, shelves: Shelves) -> dict[str, FeedHealth]:
    """Return the health of every own feed by its name, in two queries however many there are."""
    feeds, changes = shelves.source.feeds, shelves.source.changes
    connection = session.connection()
    waiting = select(feeds.c.name, func.count())
    waiting = waiting.join(
        changes, (changes.c.feed == feeds.c.name) & (changes.c.revision > feeds.c.acknowledged_revision)
    )
    backlog = {row[0]: row[1] for row in connection.execute(waiting.group_by(feeds.c.name))}
    return {
        row.name: FeedHealth(
            row.name,
            row.instance,
            row.generation,
            row.head,
            row.acknowledged_revision,
            backlog.get(row.name, 0),
            _position(row.agreed_revision, row.agreed_mark),
            row.fence,
        )
        for row in connection.execute(select(feeds))
    }


def all_replicas(session: Session, shelves: Shelves) -> dict[str, ReplicaHealth]:
    """Return the health of every replica by its feed, in three queries however many there are.

    Nobody counts their `records`: with a million of them that takes longer than all the rest.
    """
    replicas, records, lost = shelves.replica
    connection = session.connection()
    exceptional = select(records.c.feed, records.c.status, func.count()).where(records.c.status != Status.OK)
    exceptional = exceptional.where(records.c.status.in_((*SET_ASIDE, Status.ERASED)))
    counts = {(row[0], row[1]): row[2] for row in connection.execute(exceptional.group_by("feed", "status"))}
    candidates = {row[0]: row[1] for row in connection.execute(select(lost.c.feed, func.count()).group_by(lost.c.feed))}
    names = ("feed", "revision", "agreed_revision", "agreed_mark", "stalled", "walk", "unconfirmed")
    return {
        row.feed: ReplicaHealth(
            row.feed,
            True,
            row.revision,
            _position(row.agreed_revision, row.agreed_mark),
            row.stalled,
            row.walk is not None,
            None,
            counts.get((row.feed, Status.QUARANTINED), 0),
            counts.get((row.feed, Status.DEFERRED), 0),
            counts.get((row.feed, Status.STUB), 0),
            counts.get((row.feed, Status.ERASED), 0),
            row.unconfirmed,
            candidates.get(row.feed, 0),
        )
        for row in connection.execute(select(*(replicas.c[name] for name in names)))
    }


def unheard(feed: str) -> ReplicaHealth:
    """Return the health of a replica that has received nothing yet."""
    return ReplicaHealth(feed, False, 0, None, None, False, 0, 0, 0, 0, 0, 0, 0)


def set_aside(session: Session, shelves: Shelves, feed: str | None, offset: int, limit: int) -> list[SetAside]:
    records = shelves.replica.records
    query = select(*(records.c[name] for name in SetAside._fields))
    query = query.where(records.c.status != Status.OK, records.c.status.in_(SET_ASIDE))  # the first names the index
    if feed:
        query = query.where(records.c.feed == feed)
    query = query.order_by(records.c.feed, records.c.collection, records.c.record_id).offset(offset).limit(limit)
    return [SetAside(*row) for row in session.connection().execute(query)]


def candidates(session: Session, shelves: Shelves, feed: str | None, offset: int, limit: int) -> list[Candidate]:
    table = shelves.replica.candidates
    columns = (table.c.raw if name == "payload" else table.c[name] for name in Candidate._fields)
    query = select(*columns).order_by(*table.primary_key).offset(offset).limit(limit)
    if feed:
        query = query.where(table.c.feed == feed)
    return [Candidate(*row) for row in session.connection().execute(query)]


def drop_candidate(session: Session, shelves: Shelves, candidate: Candidate) -> None:
    table = shelves.replica.candidates
    same = (table.c[column.name] == getattr(candidate, column.name) for column in table.primary_key)
    session.connection().execute(delete(table).where(*same))


def _position(revision: int | None, mark: int | None) -> Position | None:
    return None if revision is None or mark is None else Position(revision, mark)
