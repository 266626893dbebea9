"""The dates of a series that do not take place, noted with their reason."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.series.models import REFUSED, TAKEN, Omission
from node.series.recurrence import Occurrence, Reason
from shared.errors import Refusal
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.bookings import SpaceTaken


def omissions_of(session: Session, series_id: str) -> list[Omission]:
    """Return what is missing of a series, in order."""
    query = select(Omission).where(Omission.series_id == series_id).order_by(Omission.occurrence_on)
    return list(session.scalars(query))


def find_omission(session: Session, series_id: str, day: date) -> Omission | None:
    return session.scalar(select(Omission).where(Omission.series_id == series_id, Omission.occurrence_on == day))


def note_refusal(session: Session, series_id: str, day: date, refusal: Refusal, *, now: datetime, by: str) -> None:
    """Remember why a date could not be made: what is in its way, or which rule of the house."""
    row = _row(session, series_id, day, now, by)
    if isinstance(refusal, SpaceTaken):
        row.reason, row.detail, row.blocked_by = TAKEN, "", refusal.booking_id
    else:
        row.reason, row.detail, row.blocked_by = REFUSED, type(refusal).__name__, None


def note_left_out(
    session: Session, series_id: str, day: date, occurrence: Occurrence | None, *, now: datetime, by: str
) -> None:
    """Remember a date that the rule leaves out for its own reason, or somebody by wish."""
    row = _row(session, series_id, day, now, by)
    reason = occurrence.reason if occurrence else None
    row.reason, row.blocked_by = reason or Reason.LEFT_OUT, None
    row.detail = occurrence.name[:TITLE_LENGTH_MAX] if occurrence and reason else ""


def forget_omissions(session: Session, series_id: str, from_day: date) -> None:
    """Forget what is missing from `from_day` on: an edit or a cancellation has other words for it."""
    for omission in omissions_of(session, series_id):
        if omission.occurrence_on >= from_day:
            session.delete(omission)
    session.flush()


def _row(session: Session, series_id: str, day: date, now: datetime, by: str) -> Omission:
    row = find_omission(session, series_id, day)
    if row is None:
        row = Omission(series_id=series_id, occurrence_on=day, detail="")
        session.add(row)
    row.noted_at, row.noted_by = now, by
    return row
