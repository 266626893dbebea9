"""What registrations do by themselves: offers end at their deadline and go on to the next group."""

from node.core.db import transaction
from node.registration import service
from shared.time import now

EVERY_MINUTES = 2  # a place is idle at most so long; a run without anything to do reads one index


def settle_offers() -> None:
    """Let offers expire and offer places along the line, also those of the last call."""
    with transaction() as session:
        service.settle_all(session, now=now())
