"""What other rooms ask about alarms: how many are open, and which are about a centre."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.alarms.models import Alarm

OF_CENTRE_MAX = 100
_IS_OPEN = Alarm.closed_at.is_(None), Alarm.opened_at.is_not(None)


def open_count(session: Session, *, unseen: bool = False) -> int:
    """Return how many alarms are open; `unseen`: that nobody has acknowledged."""
    found = select(func.count()).select_from(Alarm).where(*_IS_OPEN)
    return session.scalar(found.where(Alarm.acknowledged_at.is_(None)) if unseen else found) or 0


def open_alarms(session: Session) -> Sequence[Alarm]:
    """Return what is wrong now: first what nobody has acknowledged, the latest first."""
    newest = select(Alarm).where(*_IS_OPEN)
    return session.scalars(newest.order_by(Alarm.acknowledged_at.is_not(None), Alarm.opened_at.desc(), Alarm.id)).all()


def open_about(session: Session, subject: str) -> Sequence[Alarm]:
    """Return what is wrong with a centre now."""
    found = select(Alarm).where(*_IS_OPEN, Alarm.subject == subject)
    return session.scalars(found.order_by(Alarm.opened_at.desc(), Alarm.id)).all()


def about(session: Session, subject: str) -> Sequence[Alarm]:
    """Return what is and was wrong with a centre, the latest first."""
    found = select(Alarm).where(Alarm.subject == subject, Alarm.opened_at.is_not(None))
    return session.scalars(found.order_by(Alarm.opened_at.desc(), Alarm.id).limit(OF_CENTRE_MAX)).all()
