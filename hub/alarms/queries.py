"""What pages ask about alarms: how many are open, which are about a centre, what was told of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.alarms.models import Alarm, AlarmLetter, LetterAlarm

OF_CENTRE_MAX = 100
_IS_OPEN = Alarm.closed_at.is_(None), Alarm.opened_at.is_not(None)


def open_count(session: Session, *, unseen: bool = False) -> int:
    """Return how many alarms are open; `unseen`: that nobody has acknowledged."""
    found = select(func.count()).select_from(Alarm).where(*_IS_OPEN)
    return session.scalar(found.where(Alarm.acknowledged_at.is_(None)) if unseen else found) or 0


def open_alarms() -> Select[Alarm]:
    """What is wrong now: first what nobody has acknowledged, the latest first."""
    newest = select(Alarm).where(*_IS_OPEN)
    return newest.order_by(Alarm.acknowledged_at.is_not(None), Alarm.opened_at.desc(), Alarm.id)


def about(session: Session, subject: str) -> Sequence[Alarm]:
    """Return what is and was wrong with a centre, the latest first."""
    found = select(Alarm).where(Alarm.subject == subject, Alarm.opened_at.is_not(None))
    return session.scalars(found.order_by(Alarm.opened_at.desc(), Alarm.id).limit(OF_CENTRE_MAX)).all()


def latest_closed(session: Session, limit: int = 50) -> Sequence[Alarm]:
    """Return what was wrong lately, the latest end first."""
    newest = select(Alarm).where(Alarm.closed_at.is_not(None)).order_by(Alarm.closed_at.desc(), Alarm.id)
    return session.scalars(newest.limit(limit)).all()


def letters() -> Select[AlarmLetter]:
    """What was told, the latest first."""
    return select(AlarmLetter).order_by(AlarmLetter.written_at.desc(), AlarmLetter.id.desc())


def letters_about(session: Session, alarm_id: str) -> Sequence[AlarmLetter]:
    """Return what was told of one alarm, the latest first."""
    mine = letters().join(LetterAlarm, LetterAlarm.letter_id == AlarmLetter.id)
    return session.scalars(mine.where(LetterAlarm.alarm_id == alarm_id).limit(OF_CENTRE_MAX)).all()


def undelivered(session: Session) -> int:
    """Return how many messages have failed at least once and have not arrived yet."""
    failed = AlarmLetter.sent_at.is_(None), AlarmLetter.failure != ""
    return session.scalar(select(func.count()).select_from(AlarmLetter).where(*failed)) or 0


def is_post_due(session: Session, channels: Iterable[str], now: datetime) -> bool:
    """Tell whether there is a message to send."""
    due = select(AlarmLetter.id).where(AlarmLetter.due_at <= now, AlarmLetter.channel.in_(list(channels)))
    return session.scalar(due.limit(1)) is not None


def arrived(session: Session, letter_ids: Iterable[str]) -> int:
    """Return how many of these messages were sent."""
    found = select(func.count()).select_from(AlarmLetter).where(AlarmLetter.id.in_(list(letter_ids)))
    return session.scalar(found.where(AlarmLetter.sent_at.is_not(None))) or 0


def open_by_kind(session: Session) -> dict[str, int]:
    """Return how many alarms of each kind are open; a kind without one is left out."""
    counted = select(Alarm.kind, func.count()).where(*_IS_OPEN).group_by(Alarm.kind)
    return {row[0]: row[1] for row in session.execute(counted)}
