"""The city's announcements as this house has them; nothing here writes."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from node.announcements.models import Announcement


def current(session: Session, now: datetime, *, public_only: bool = False, limit: int = 5) -> list[Announcement]:
    """Return what the city says at `now`, the latest first."""
    query = current_query(now).limit(limit)
    return list(session.scalars(query.where(Announcement.for_public) if public_only else query))


def current_query(now: datetime) -> Select[Announcement]:
    """Select what is to be shown at `now`, the latest first."""
    return (
        select(Announcement)
        .where(Announcement.shows_from <= now)
        .where(or_(Announcement.shows_until.is_(None), Announcement.shows_until > now))
        .order_by(Announcement.shows_from.desc(), Announcement.id.desc())
    )
