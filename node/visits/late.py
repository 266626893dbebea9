"""Taps for a locked month, from a tablet that was forgotten: kept aside, shown, decided about.

Rule: the device is told that they have arrived, so it may forget them; here they stay for good,
with what was decided.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.visits import service
from node.visits.models import LateTap, Tap

_SAID = ("id", "counted_at", "kind", "target_group", "step", "received_at")


class Decision(StrEnum):
    ACCEPTED = "accepted"
    DROPPED = "dropped"


def waiting(session: Session, starts_at: datetime | None = None, ends_at: datetime | None = None) -> Sequence[LateTap]:
    """Return the late taps that nobody has decided about, of [starts_at, ends_at) if given."""
    query = select(LateTap).where(LateTap.decision == "")
    if starts_at is not None:
        query = query.where(LateTap.counted_at >= starts_at)
    if ends_at is not None:
        query = query.where(LateTap.counted_at < ends_at)
    return session.scalars(query.order_by(LateTap.counted_at, LateTap.id)).all()


def accept(session: Session, late: Iterable[LateTap], now: datetime, *, by: str) -> int:
    """Count late taps after all, also where their month stays locked; return how many."""
    taken = list(late)
    for tap in taken:
        tap.decision, tap.decided_by, tap.decided_at = Decision.ACCEPTED, by, now
    service.count_taps(session, [Tap(**{name: getattr(tap, name) for name in _SAID}) for tap in taken])
    return len(taken)


def drop(session: Session, late: Iterable[LateTap], now: datetime, *, by: str) -> int:
    """Leave late taps uncounted; they are kept with the decision. Return how many."""
    taken = list(late)
    for tap in taken:
        tap.decision, tap.decided_by, tap.decided_at = Decision.DROPPED, by, now
    session.flush()
    return len(taken)
