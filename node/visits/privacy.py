"""Who corrected a count, said something of a day, locked a month: how long names and reasons stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.core.privacy import Finding, PersonalData, matches
from node.visits.models import CountCorrection, LateTap, MonthLock, VisitDay

KEEP_DAYS = 730  # the figures of a year are reported and asked about in the year after
FORGOTTEN = "–"  # not '': a day of which nobody said anything is another thing


def find_corrections(session: Session, needle: str) -> Sequence[Finding]:
    """Return the corrections with the needle in who made them, or why."""
    query = select(CountCorrection).where(matches(needle, CountCorrection.corrected_by, CountCorrection.reason))
    return [
        Finding(CORRECTIONS.key, found.id, found.corrected_by, found.reason, found.corrected_at)
        for found in session.scalars(query.order_by(CountCorrection.corrected_at.desc()))
    ]


def export_correction(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about a correction."""
    found = session.get(CountCorrection, record_id)
    if found is None:
        return {}
    times = {"hour": found.hour_starts_at.isoformat(), "corrected_at": found.corrected_at.isoformat()}
    return {**times, "corrected_by": found.corrected_by, "reason": found.reason, "count_after": found.count_after}


def erase_correction(session: Session, record_id: str, now: datetime) -> None:
    """Forget who corrected, and why; the figure stays."""
    found = session.get(CountCorrection, record_id)
    if found is not None:
        found.corrected_by, found.reason = FORGOTTEN, FORGOTTEN


def expire_corrections(session: Session, before: datetime, now: datetime) -> int:
    """Forget who corrected before `before`; return how many."""
    query = select(CountCorrection).where(
        CountCorrection.corrected_at < before, CountCorrection.corrected_by != FORGOTTEN
    )
    found = session.scalars(query).all()
    for correction in found:
        correction.corrected_by, correction.reason = FORGOTTEN, FORGOTTEN
    return len(found)


def find_statements(session: Session, needle: str) -> Sequence[Finding]:
    """Return what was said of days with the needle in who said it, or why."""
    query = select(VisitDay).where(matches(needle, VisitDay.said_by, VisitDay.reason)).order_by(VisitDay.day.desc())
    return [
        Finding(STATEMENTS.key, found.id, found.said_by, found.reason, found.said_at)
        for found in session.scalars(query)
    ]


def export_statement(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about what was said of a day."""
    found = session.get(VisitDay, record_id)
    if found is None:
        return {}
    said_at = found.said_at.isoformat() if found.said_at else None
    said = {"day": found.day.isoformat(), "state": found.state, "complete": found.complete}
    return {**said, "said_by": found.said_by, "said_at": said_at, "reason": found.reason}


def erase_statement(session: Session, record_id: str, now: datetime) -> None:
    """Forget who said it, and why; what the day was stays."""
    found = session.get(VisitDay, record_id)
    if found is not None and found.said_by:
        found.said_by, found.reason = FORGOTTEN, ""


def expire_statements(session: Session, before: datetime, now: datetime) -> int:
    """Forget who said something of a day before `before`; return how many."""
    query = select(VisitDay).where(VisitDay.said_at < before, VisitDay.said_by.not_in(("", FORGOTTEN)))
    found = session.scalars(query).all()
    for day in found:
        day.said_by, day.reason = FORGOTTEN, ""
    return len(found)


def expire_locks(session: Session, before: datetime, now: datetime) -> int:
    """Forget who locked, opened and decided before `before`; return how many. When it was done stays."""
    locks = session.scalars(
        select(MonthLock).where(MonthLock.locked_at < before, MonthLock.locked_by != FORGOTTEN)
    ).all()
    for lock in locks:
        lock.locked_by, lock.reason = FORGOTTEN, ""
        lock.reopened_by = FORGOTTEN if lock.reopened_by else ""
    late = session.scalars(
        select(LateTap).where(LateTap.decided_at < before, LateTap.decided_by.not_in(("", FORGOTTEN)))
    ).all()
    for tap in late:
        tap.decided_by = FORGOTTEN
    return len(locks) + len(late)


CORRECTIONS = PersonalData(
    key="count_corrections",
    label=_l("Corrections of counts"),
    counts_from=_l("the correction"),
    kept=_l("The corrected figure stays."),
    retention_days=KEEP_DAYS,
    columns={CountCorrection: ("corrected_by", "reason")},
    find=find_corrections,
    export=export_correction,
    erase=erase_correction,
    expire=expire_corrections,
)
STATEMENTS = PersonalData(
    key="day_statements",
    label=_l("What was said of days of counting"),
    counts_from=_l("the day on which it was said"),
    kept=_l("Whether the day was counted stays."),
    retention_days=KEEP_DAYS,
    columns={VisitDay: ("said_by", "reason")},
    find=find_statements,
    export=export_statement,
    erase=erase_statement,
    expire=expire_statements,
)
LOCKS = PersonalData(
    key="month_locks",
    label=_l("Who locked and opened months of counting"),
    counts_from=_l("the locking"),
    kept=_l("That the month was locked, and when, stays."),
    retention_days=KEEP_DAYS,
    columns={MonthLock: ("locked_by", "reopened_by", "reason"), LateTap: ("decided_by",)},
    expire=expire_locks,
)
