"""Retention: the days that count for each kind, and the daily run that removes what is over.

Rule: each kind is done in a transaction of its own; one that fails holds up no other, and the
run tells of it without repeating what the error said: it may quote a name.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from node.core.privacy import PersonalData, Registry
from node.privacy.models import ExpiryRun, RetentionTime
from node.privacy.refusals import RetentionOutOfBounds
from node.privacy.service import days_of
from node.privacy.traces import overwrite_traces
from shared.database import Database
from shared.upgrade_copies import KEPT, forget_copies

RUNS_KEPT = timedelta(days=400)
DUE_AFTER = timedelta(hours=20)  # a mini PC that is off at night does it in the morning
_LOG = logging.getLogger(__name__)


def retention_days(session: Session, registry: Registry) -> dict[str, int]:
    """Return the days that count for each kind."""
    return {data.key: days_of(session, data) for data in registry}


def keep_retention(session: Session, registry: Registry, wanted: Mapping[str, int]) -> None:
    """Keep other days for some kinds; raise RetentionOutOfBounds."""
    for key, days in wanted.items():
        data = registry.kinds[key]
        if not data.retention_days_min <= days <= data.retention_days_max:
            raise RetentionOutOfBounds(key, days, data.retention_days_min, data.retention_days_max)
        standing = session.get(RetentionTime, key)
        if standing is not None:
            standing.days = days
        elif days != data.retention_days:
            session.add(RetentionTime(key=key, days=days))


def expire(database: Database, registry: Registry, *, now: datetime) -> list[ExpiryRun]:
    """Remove what is over of every kind, note what was done, and overwrite its traces in the file."""
    with database.reading() as session:
        days = retention_days(session, registry)
    runs = [_expire(database, data, days[data.key], now) for data in registry]
    with database.transaction() as session:
        session.execute(delete(ExpiryRun).where(ExpiryRun.ran_at < now - RUNS_KEPT))
        session.add_all(runs)
    if any(run.removed for run in runs):
        overwrite_traces(database)
    forget_copies(database, older_than=now - KEPT)
    return runs


def _expire(database: Database, data: PersonalData, days: int, now: datetime) -> ExpiryRun:
    run = ExpiryRun(ran_at=now, key=data.key, days=days, removed=0, failed="")
    try:
        with database.transaction() as session:
            removed = data.expire(session, now - timedelta(days=days), now)
        run.removed = removed
    except Exception as error:  # noqa: BLE001 (whatever it is, the other kinds have to expire)
        run.failed = type(error).__name__[:80]
        _LOG.error("privacy: %s could not be removed in time (%s)", data.key, run.failed)
    return run


def is_due(session: Session, now: datetime) -> bool:
    """Whether the last run is long enough ago for today's."""
    last = session.scalar(select(func.max(ExpiryRun.ran_at)))
    return last is None or now - last >= DUE_AFTER


def last_runs(session: Session) -> Sequence[ExpiryRun]:
    """Return what the last run did, kind by kind; nothing if there was none yet."""
    last = select(func.max(ExpiryRun.ran_at)).scalar_subquery()
    return session.scalars(select(ExpiryRun).where(ExpiryRun.ran_at == last).order_by(ExpiryRun.id)).all()
