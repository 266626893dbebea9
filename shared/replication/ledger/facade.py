"""One side's ledger: everything that the site, the courier and the pages ask of it.

Rule: each method that takes a session works inside the caller's transaction; a method that
writes needs one of `Database.transaction()`, never one of `reading()`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import DeclarativeBase, Session

from shared.database import Database
from shared.records.base import Collection, Side
from shared.records.catalogue import COLLECTIONS
from shared.replication.ledger import health
from shared.replication.ledger.replica import Reprojection, SqlReplicaLedger
from shared.replication.ledger.revisions import lock_feeds
from shared.replication.ledger.shelves import Shelves
from shared.replication.ledger.source import SqlSourceLedger
from shared.replication.ledger.stamping import Stamper
from shared.time import now


class Ledger:
    """Made once per side, beside its `Base`: the tables stand in `Base.metadata` from then on.

    It holds no connection and no state of a database, so one ledger serves any number of
    databases of its side.
    """

    def __init__(
        self,
        base: type[DeclarativeBase],
        side: Side,
        collections: Sequence[Collection] = COLLECTIONS,
        *,
        clock: Callable[[], datetime] = now,
        marks_kept: int = 10_000,
    ) -> None:
        self.shelves = Shelves(base, side, tuple(collections))
        self._stamper = Stamper(self.shelves)
        self._clock = clock
        self._marks_kept = marks_kept

    # What an app does when it starts.

    def watch(self, database: Database, on_change: Callable[[frozenset[str]], None] | None = None) -> None:
        """Stamp every write of `database`'s sessions to this side's own collections, once per database.

        New, changed and deleted objects are gathered at each flush and stamped as the last
        statements before the commit. `on_change` is called after a commit that stamped, with
        the feeds that have something new; it must not block. Writes past the objects (bulk
        updates and deletes of a replicated table in such a session) raise AssertionError.
        """
        self._stamper.watch(database, on_change)

    def open_feed(self, session: Session, feed: str, instance: str) -> None:
        """Make sure that `feed` exists, is bound to `instance` and has every live record stamped.

        A node calls it with its one feed `node/{centre}` at each start, the hub with
        `hub/{centre}` for each centre that joins. A feed bound to another instance is fenced
        (a cloned card): `rebind` lifts that.
        """
        self._source(session, feed).open(instance)

    def close_feed(self, session: Session, feed: str) -> None:
        """Forget `feed` and its stamps, for a centre that left; opening it again starts a new history."""
        self._source(session, feed).close()

    def rebind(self, session: Session, feed: str, instance: str) -> None:
        """Bind `feed` to another installation and lift its fence: a person decided so."""
        self._source(session, feed).rebind(instance)

    # What the courier needs.

    def feeds(self, session: Session) -> tuple[str, ...]:
        """Return the names of this side's open feeds, sorted."""
        return health.open_feeds(session, self.shelves)

    def instances(self, session: Session) -> dict[str, str]:
        """Return which instance each of this side's open feeds is bound to."""
        return health.instances(session, self.shelves)

    def source(self, session: Session, feed: str) -> SqlSourceLedger:
        """Return the owner's half of `feed` (ports.SourceLedger), for this transaction; the feed is open."""
        return self._source(session, feed)

    def replica(self, session: Session, feed: str) -> SqlReplicaLedger:
        """Return the receiver's half of `feed` (ports.ReplicaLedger), for this transaction.

        A feed never heard of is an empty replica; its first `save` makes it known.
        """
        return SqlReplicaLedger(session, self.shelves, feed)

    def lock_feeds(self, session: Session, feeds: Iterable[str]) -> None:
        """Lock own feeds until the end of the transaction, in the order in which everybody locks several."""
        lock_feeds(session.connection(), self.shelves.source, feeds)

    # What a person or a service decides.

    def erase(self, session: Session, records: Iterable[tuple[str, str]]) -> None:
        """Erase (collection, id) of this side's own, in every feed, for good: rows go, tombstones stick."""
        wanted = list(records)
        for feed in self.feeds(session):
            self._source(session, feed).erase(wanted)

    def erasures(self, session: Session) -> list[tuple[str, str]]:
        """Return (collection, id) of everything erased here, for the list kept outside the backups."""
        return health.erasures(session, self.shelves)

    def reproject(
        self, session: Session, feed: str | None = None, only: Sequence[tuple[str, str]] | None = None
    ) -> Reprojection:
        """Try records that were quarantined or deferred again, after an upgrade; of one feed or of all.

        `only` names some of them, as (collection, id).
        """
        feeds = [feed] if feed else health.replica_feeds(session, self.shelves)
        tried = [self.replica(session, name).reproject(only) for name in feeds]
        return Reprojection(sum(each.tried for each in tried), sum(each.projected for each in tried))

    def confirm_sweep(self, session: Session, feed: str) -> int:
        """Allow the sweep that waits for a person (R8); return how many rows it will take.

        The replica sweeps when it next completes the pass, with the feed's next message.
        """
        return self.replica(session, feed).confirm_sweep()

    def drop_candidate(self, session: Session, candidate: "health.Candidate") -> None:
        """Forget a version that may be lost, once an offer of it has been made."""
        health.drop_candidate(session, self.shelves, candidate)

    # What the pages show.

    def feed_health(self, session: Session, feed: str) -> "health.FeedHealth | None":
        """Return head, backlog, last agreement and fence of an own feed, None if it is not open."""
        return health.feed_health(session, self.shelves, feed)

    def replica_health(self, session: Session, feed: str) -> "health.ReplicaHealth":
        """Return where the replica of `feed` stands and how many of its records are set aside."""
        return health.replica_health(session, self.shelves, feed)

    def all_feeds(self, session: Session) -> "dict[str, health.FeedHealth]":
        """Return `feed_health` of every own feed by its name, in a fixed number of queries."""
        return health.all_feeds(session, self.shelves)

    def all_replicas(self, session: Session) -> "dict[str, health.ReplicaHealth]":
        """Return `replica_health` of every replica by its feed, its records uncounted, in a fixed number of queries."""
        return health.all_replicas(session, self.shelves)

    def set_aside(
        self, session: Session, feed: str | None = None, *, offset: int = 0, limit: int = 50
    ) -> "list[health.SetAside]":
        """Return a page of quarantined, deferred and stub records with their reasons, of one feed or of all."""
        return health.set_aside(session, self.shelves, feed, offset, limit)

    def candidates(
        self, session: Session, feed: str | None = None, *, offset: int = 0, limit: int = 50
    ) -> "list[health.Candidate]":
        """Return a page of the versions that an owner may have lost, of one feed or of all."""
        return health.candidates(session, self.shelves, feed, offset, limit)

    def _source(self, session: Session, feed: str) -> SqlSourceLedger:
        return SqlSourceLedger(session, self.shelves, feed, self._clock, self._marks_kept)
