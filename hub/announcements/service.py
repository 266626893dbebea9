"""What the city tells its houses: writing it, changing it, taking it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.announcements.models import Announcement
from shared.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class AnnouncementEntry:
    """What somebody wrote. `shows_until` None: until it is taken back."""

    title: str
    body: str
    for_public: bool
    shows_from: datetime
    shows_until: datetime | None


class PeriodImpossible(Refusal):
    """An announcement that would end before it begins, or as it begins."""


class NoSuchAnnouncement(Refusal):
    """The announcement is not there (any more)."""


def get_announcement(session: Session, announcement_id: str) -> Announcement:
    """Return an announcement; raise NoSuchAnnouncement."""
    announcement = session.get(Announcement, announcement_id)
    if announcement is None:
        raise NoSuchAnnouncement
    return announcement


def announce(session: Session, entry: AnnouncementEntry) -> Announcement:
    """Write an announcement for every house; raise PeriodImpossible."""
    announcement = Announcement()
    change_announcement(announcement, entry)
    session.add(announcement)
    return announcement


def change_announcement(announcement: Announcement, entry: AnnouncementEntry) -> None:
    """Change what an announcement says or when it shows; raise PeriodImpossible."""
    if entry.shows_until is not None and entry.shows_until <= entry.shows_from:
        raise PeriodImpossible
    announcement.title, announcement.body = entry.title, entry.body
    announcement.for_public = entry.for_public
    announcement.shows_from, announcement.shows_until = entry.shows_from, entry.shows_until


def take_back(session: Session, announcement: Announcement, now: datetime) -> None:
    """Let an announcement vanish from all houses at once; one that never showed is deleted."""
    if announcement.shows_from >= now:
        session.delete(announcement)
    elif announcement.shows_until is None or announcement.shows_until > now:
        announcement.shows_until = now
