"""What pages ask about recoveries: open offers, and how earlier ones ended."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.recovery.models import RecoveryOffer


def open_offers() -> Select[RecoveryOffer]:
    """Offers that wait for their centre, oldest first."""
    found = select(RecoveryOffer).where(RecoveryOffer.decision.is_(None))
    return found.order_by(RecoveryOffer.found_at, RecoveryOffer.centre_id, RecoveryOffer.id)


def settled_offers() -> Select[RecoveryOffer]:
    """Offers that their centre has answered, the latest first."""
    found = select(RecoveryOffer).where(RecoveryOffer.decision.is_not(None))
    return found.order_by(RecoveryOffer.decided_at.desc(), RecoveryOffer.id)


def open_by_centre(session: Session) -> dict[str, int]:
    """Return how many offers wait, by centre; centres without one are left out."""
    counted = select(RecoveryOffer.centre_id, func.count()).where(RecoveryOffer.decision.is_(None))
    return dict(session.execute(counted.group_by(RecoveryOffer.centre_id)).all())
