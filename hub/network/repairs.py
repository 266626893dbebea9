"""What a person decides about a link: try again, let a large sweep happen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.network.members import members
from shared import topics
from shared.replication.ledger import Ledger, Reprojection


class Chosen(NamedTuple):
    """One record that was set aside."""

    feed: str
    collection: str
    record_id: str


def try_again(session: Session, ledger: Ledger, centre_id: str | None = None) -> Reprojection:
    """Judge what was set aside again, and go on receiving where that had stopped; of one centre or of all.

    Should the cause still be there, receiving stops again with the same reason: nothing is lost by trying.
    """
    centres = [centre_id] if centre_id else [member.centre_id for member in members(session)]
    for centre in centres:
        replica = ledger.replica(session, topics.node_feed(centre))
        state = replica.state()
        if state.stalled is not None:
            replica.save(replace(state, stalled=None))
    return ledger.reproject(session, topics.node_feed(centre_id) if centre_id else None)


def try_these(session: Session, ledger: Ledger, chosen: Iterable[Chosen]) -> Reprojection:
    """Judge a few records again; a stopped feed stays stopped."""
    of_feed: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for feed, collection, record_id in chosen:
        of_feed[feed].append((collection, record_id))
    done = [ledger.reproject(session, feed, records) for feed, records in sorted(of_feed.items())]
    return Reprojection(sum(each.tried for each in done), sum(each.projected for each in done))


def allow_sweep(session: Session, ledger: Ledger, centre_id: str) -> int:
    """Allow the removal that waits for a person (R8); return how many records it will take."""
    return ledger.confirm_sweep(session, topics.node_feed(centre_id))
