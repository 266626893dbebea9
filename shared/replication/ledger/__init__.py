"""The SQL half of replication: stamps revisions, reads what is new, applies what came.

A side makes one `Ledger` beside its `Base`. The walk of a write: a session flushes objects of
a replicated class -> `stamping` gives each a revision, a mark and a content hash in the same
transaction -> `source` renders the rows behind a revision (`rendering`) -> … the wire … ->
`replica` verifies and keeps each record as it came, `checking` judges it, `bulk` writes it into
the table that pages read. `tables` are the ledger's own, `health` is what pages ask.

Rules: the revision is drawn from the feed's counter row as the last statements before the
commit, so revisions are committed in their order on both databases (a sequence let a reader
skip 435 of 2,000 commits). What came stands in `replica_records`; the typed tables are
projections of it, written in the same transaction, and can be made anew from it.
"""

from shared.replication.ledger.facade import Ledger
from shared.replication.ledger.health import Candidate, FeedHealth, ReplicaHealth, SetAside
from shared.replication.ledger.replica import Reprojection

__all__ = ["Candidate", "FeedHealth", "Ledger", "ReplicaHealth", "Reprojection", "SetAside"]
