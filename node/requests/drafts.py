"""Answers that are on their way to be a request: kept here, so that nothing typed is lost.

Rule: the browser holds a random key in its session, the house only its hash; a draft that was not
touched for a day is gone. A draft is nobody's booking and holds nothing.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from node.core.tokens import hash_of
from node.requests.models import RequestDraft

KEPT = timedelta(days=1)
ANSWER_LENGTH_MAX = 4_000
_KEY_BYTES = 16


def new_key() -> str:
    """Return the key of a new draft, or the secret of a request."""
    return secrets.token_urlsafe(_KEY_BYTES)


def answers_of(session: Session, key: str, now: datetime) -> dict[str, str]:
    """Return the answers given so far; none if the draft is unknown or too old."""
    draft = session.get(RequestDraft, hash_of(key)) if key else None
    if draft is None or draft.touched_at < now - KEPT:
        return {}
    said: dict[str, str] = json.loads(draft.answers)
    return said


def keep_answers(session: Session, key: str, given: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Add answers to a draft; return all of them."""
    together = answers_of(session, key, now) | dict(given)
    draft = session.get(RequestDraft, hash_of(key)) or RequestDraft(token_hash=hash_of(key))
    draft.answers, draft.touched_at = json.dumps(together, ensure_ascii=False), now
    session.add(draft)
    return together


def drop(session: Session, key: str) -> None:
    """Forget a draft."""
    draft = session.get(RequestDraft, hash_of(key))
    if draft is not None:
        session.delete(draft)


def drop_old(session: Session, now: datetime) -> int:
    """Forget the drafts that nobody touched for a day; return how many."""
    found = session.execute(delete(RequestDraft).where(RequestDraft.touched_at < now - KEPT))
    return int(found.rowcount)  # type: ignore[attr-defined]
