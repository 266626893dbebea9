"""Offers of the hub that would bring back the words of somebody who was erased.

The hub keeps the last version that it got. If a machine died between an erasure and its report, that
version still has a title with a name in it, and is offered after the recovery. What the house knew is
taken back, the words are emptied again, in one transaction; nobody gets to see them.
"""

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from node.core import audit, erasures
from node.core.db import transaction
from node.core.privacy import registry
from node.recovery import service as recovery
from node.recovery.models import RecoveryOffer
from shared.errors import Refusal

SETTLED = "settled"


def settle(app: Flask, now: datetime) -> int:
    """Settle all of them; return how many."""
    with transaction() as session:
        found = [offer for offer in recovery.open_offers(session) if brings_back(session, app, offer)]
        for offer in found:
            _settle(session, app, offer, now)
    return len(found)


def brings_back(session: Session, app: Flask, offer: RecoveryOffer) -> bool:
    """Tell whether an offer has words about somebody who was erased here."""
    return erasures.brings_back(session, registry(app), offer.of_collection, offer.record_id, offer.payload)


def _settle(session: Session, app: Flask, offer: RecoveryOffer, now: datetime) -> None:
    try:
        recovery.restore(session, offer, now)
    except Refusal:
        recovery.reject(session, offer, now)
    erasures.forget_record(session, registry(app), offer.record_id, now)
    audit.note(session, SETTLED, "recovery_offers", offer.id, now=now)
