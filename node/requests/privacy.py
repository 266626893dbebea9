"""What a request keeps of a person beside its booking: answers on their way, and the reference."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.core.privacy import Finding, PersonalData, matches
from node.requests.models import RequestDraft, RoomRequest

KEEP_DAYS = 180


def find_drafts(session: Session, needle: str) -> Sequence[Finding]:
    """Return the drafts with the needle in an answer."""
    rows = session.scalars(select(RequestDraft).where(matches(needle, RequestDraft.answers)))
    return [Finding(DRAFTS.key, row.token_hash, needle, at=row.touched_at) for row in rows]


def export_draft(session: Session, record_id: str) -> dict[str, Any]:
    """Return the answers of a draft."""
    found = session.get(RequestDraft, record_id)
    return {"answers": found.answers, "touched_at": found.touched_at.isoformat()} if found else {}


def erase_draft(session: Session, record_id: str, now: datetime) -> None:
    """Forget a draft."""
    found = session.get(RequestDraft, record_id)
    if found is not None:
        session.delete(found)


def expire_drafts(session: Session, before: datetime, now: datetime) -> int:
    """Forget the drafts that nobody has touched since `before`."""
    return _delete(session, session.scalars(select(RequestDraft).where(RequestDraft.touched_at < before)).all())


def find_requests(session: Session, needle: str) -> Sequence[Finding]:
    """Return the requests by their reference; names and contacts are found with the booking."""
    rows = session.scalars(select(RoomRequest).where(matches(needle, RoomRequest.reference)))
    return [Finding(REQUESTS.key, row.id, row.reference, at=row.sent_at) for row in rows]


def export_request(session: Session, record_id: str) -> dict[str, Any]:
    """Return what is kept of a request beside its booking."""
    found = session.get(RoomRequest, record_id)
    if found is None:
        return {}
    return {"reference": found.reference, "sent_at": found.sent_at.isoformat(), "booking": found.booking_id}


def erase_request(session: Session, record_id: str, now: datetime) -> None:
    """Forget a request: its link then leads nowhere. The booking stays, or goes by itself."""
    found = session.get(RoomRequest, record_id)
    if found is not None:
        session.delete(found)


def expire_requests(session: Session, before: datetime, now: datetime) -> int:
    """Forget the requests that were sent earlier than `before`."""
    return _delete(session, session.scalars(select(RoomRequest).where(RoomRequest.sent_at < before)).all())


def _delete(session: Session, rows: Sequence[Any]) -> int:
    for row in rows:
        session.delete(row)
    return len(rows)


DRAFTS = PersonalData(
    key="room_request_drafts",
    label=_l("Unfinished room requests"),
    counts_from=_l("the last answer"),
    retention_days=1,
    retention_days_max=7,
    columns={RequestDraft: ("answers",)},
    find=find_drafts,
    export=export_draft,
    erase=erase_draft,
    expire=expire_drafts,
)
REQUESTS = PersonalData(
    key="room_requests",
    label=_l("References and links of room requests"),
    counts_from=_l("the day of the request"),
    kept=_l("The booking is a kind of its own."),
    retention_days=KEEP_DAYS,
    columns={RoomRequest: ("reference",)},
    find=find_requests,
    export=export_request,
    erase=erase_request,
    expire=expire_requests,
)
