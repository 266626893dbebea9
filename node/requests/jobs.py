"""What requests do by themselves: answers that nobody went on with are forgotten after a day."""

from node.core.db import transaction
from node.requests import drafts
from shared.time import now


def forget_old_drafts() -> None:
    """Forget the drafts that nobody touched for a day."""
    with transaction() as session:
        drafts.drop_old(session, now())
