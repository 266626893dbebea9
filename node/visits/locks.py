"""Months that are locked: their figures have been reported and stand.

Rule: in a locked month nothing is counted, corrected or said of a day. What comes for it all the
same is kept aside (`late`), never thrown away. The rows of `MonthLock` are the log.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from node.visits.models import MonthLock
from shared.errors import Refusal
from shared.time import local_day

_ENDS_AFTER = (
    select(MonthLock.id).where(MonthLock.reopened_at.is_(None), MonthLock.ends_at > bindparam("instant")).limit(1)
)


class MonthLocked(Refusal):
    """The month is locked; `month` is written 2026-11."""

    def __init__(self, month: str) -> None:
        super().__init__(month)
        self.month = month


class MonthNotOver(Refusal):
    """Only a month that is over can be locked."""


class MonthNotLocked(Refusal):
    """There is nothing to reopen."""


class ReasonMissing(Refusal):
    """Reopening a month needs a reason."""


def month_of(day: date) -> str:
    """Return the month of `day` as 2026-11."""
    return f"{day:%Y-%m}"


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants at which the month that begins on `first` begins and ends."""
    next_first = (first + timedelta(days=31)).replace(day=1)
    return local_day(first, zone)[0], local_day(next_first, zone)[0]


def locked_now(session: Session) -> Sequence[MonthLock]:
    """Return the locks that hold."""
    return session.scalars(select(MonthLock).where(MonthLock.reopened_at.is_(None)).order_by(MonthLock.month)).all()


def locked_since(session: Session, instant: datetime) -> Sequence[MonthLock]:
    """Return the locks that hold for anything from `instant` on: nearly always none, at the cost of a look."""
    if session.scalar(_ENDS_AFTER, {"instant": instant}) is None:
        return ()
    return locked_now(session)


def lock_at(locks: Sequence[MonthLock], instant: datetime) -> MonthLock | None:
    """Return the lock that holds for `instant`, or None."""
    return next((lock for lock in locks if lock.starts_at <= instant < lock.ends_at), None)


def find_lock(session: Session, month: str) -> MonthLock | None:
    """Return the lock that holds for a month, or None."""
    return next((lock for lock in locked_now(session) if lock.month == month), None)


def refuse_locked(session: Session, instant: datetime) -> None:
    """Raise MonthLocked if the month of `instant` is locked."""
    lock = lock_at(locked_now(session), instant)
    if lock is not None:
        raise MonthLocked(lock.month)


def lock_month(session: Session, first: date, now: datetime, zone: ZoneInfo, *, by: str) -> MonthLock:
    """Lock the month that begins on `first`. Raises MonthNotOver, MonthLocked."""
    starts_at, ends_at = bounds(first, zone)
    if ends_at > now:
        raise MonthNotOver
    if find_lock(session, month_of(first)) is not None:
        raise MonthLocked(month_of(first))
    lock = MonthLock(month=month_of(first), starts_at=starts_at, ends_at=ends_at, locked_by=by, locked_at=now)
    session.add(lock)
    session.flush()
    return lock


def reopen_month(session: Session, month: str, now: datetime, *, reason: str, by: str) -> MonthLock:
    """Open a locked month again, for a reason. Raises MonthNotLocked, ReasonMissing."""
    lock = find_lock(session, month)
    if lock is None:
        raise MonthNotLocked
    if not reason.strip():
        raise ReasonMissing
    lock.reopened_at, lock.reopened_by, lock.reason = now, by, reason.strip()
    session.flush()
    return lock


def history(session: Session, month: str) -> Sequence[MonthLock]:
    """Return when a month was locked and reopened, latest first."""
    return session.scalars(
        select(MonthLock).where(MonthLock.month == month).order_by(MonthLock.locked_at.desc(), MonthLock.id.desc())
    ).all()
