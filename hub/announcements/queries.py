"""What other rooms ask about announcements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from hub.announcements.models import Announcement

_SHOWN: tuple[Any, ...] = (
    Announcement.id,
    Announcement.title,
    Announcement.body,
    Announcement.shows_from,
    Announcement.shows_until,
)


def for_the_public(session: Session, now: datetime, limit: int = 3) -> Sequence[Row[Any]]:
    """Return what residents shall read just now, the newest first."""
    query = select(*_SHOWN).where(
        Announcement.for_public.is_(True),
        Announcement.shows_from <= now,
        or_(Announcement.shows_until.is_(None), Announcement.shows_until > now),
    )
    return session.execute(query.order_by(Announcement.shows_from.desc(), Announcement.id).limit(limit)).all()


def all_announcements() -> Select[Announcement]:
    """Return the query for all announcements, the newest first."""
    return select(Announcement).order_by(Announcement.shows_from.desc(), Announcement.id)
