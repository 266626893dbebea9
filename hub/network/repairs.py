"""What a person decides about a link: try again, let a large sweep happen."""

from dataclasses import replace

from sqlalchemy.orm import Session

from hub.network.members import members
from shared import topics
from shared.replication.ledger import Ledger, Reprojection


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


def allow_sweep(session: Session, ledger: Ledger, centre_id: str) -> int:
    """Allow the removal that waits for a person (R8); return how many records it will take."""
    return ledger.confirm_sweep(session, topics.node_feed(centre_id))
