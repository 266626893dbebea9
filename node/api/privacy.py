"""Answers that are kept for devices may hold names: they go after a week, or with the person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from node.api.models import KeptAnswer
from node.core.privacy import Finding, PersonalData, matches

KEPT_DAYS = 7  # longer than a tablet sends the same again


def find(session: Session, needle: str) -> Sequence[Finding]:
    rows = session.scalars(select(KeptAnswer).where(matches(needle, KeptAnswer.body)))
    return [Finding("api_answers", _id_of(row), str(_l("Answer to a device")), at=row.answered_at) for row in rows]


def export(session: Session, record_id: str) -> dict[str, Any]:
    row = _row(session, record_id)
    return {"answered_at": row.answered_at.isoformat(), "answer": row.body} if row else {}


def erase(session: Session, record_id: str, now: datetime) -> None:
    row = _row(session, record_id)
    if row is not None:
        session.delete(row)


def expire(session: Session, before: datetime, now: datetime) -> int:
    gone = session.execute(delete(KeptAnswer).where(KeptAnswer.answered_at < before))
    return int(getattr(gone, "rowcount", 0))


def _id_of(row: KeptAnswer) -> str:
    return f"{row.device_id} {row.key}"


def _row(session: Session, record_id: str) -> KeptAnswer | None:
    device_id, _space, key = record_id.partition(" ")
    return session.get(KeptAnswer, (device_id, key))


ANSWERS = PersonalData(
    key="api_answers",
    label=_l("Answers to devices"),
    counts_from=_l("the call of the device"),
    kept=_l("What the call did is not touched."),
    retention_days=KEPT_DAYS,
    retention_days_max=30,
    columns={KeptAnswer: ("body",)},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)
