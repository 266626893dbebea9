"""What is written down beside a registration and moves no places: contact, link, who was told, who came."""

from datetime import datetime

from sqlalchemy.orm import Session

from node.programme import service as programme
from node.registration.entry import RegistrationEntry
from node.registration.figures import rewrite_figures
from node.registration.finding import get_registration
from node.registration.models import STANDING, Registration
from node.registration.refusals import StateRefused


def change_contact(session: Session, registration_id: str, entry: RegistrationEntry, *, now: datetime) -> Registration:
    """Change what is said about a group, not how many they are. Raises RegistrationUnknown."""
    registration = get_registration(session, registration_id)
    for name, value in vars(entry).items():
        if name not in ("adults", "children") and getattr(registration, name) != value:
            setattr(registration, name, value)
            registration.changed_at = now
    return registration


def change_link(session: Session, registration_id: str, link_hash: str, *, now: datetime) -> Registration:
    """Let another secret link lead to a registration; the one before leads nowhere. Raises RegistrationUnknown."""
    registration = get_registration(session, registration_id)
    registration.link_hash, registration.changed_at = link_hash, now
    return registration


def tick(session: Session, registration_id: str, came: int | None, *, now: datetime) -> Registration:
    """Keep how many of a group were there; None is "not ticked". Raises RegistrationUnknown, StateRefused."""
    registration = get_registration(session, registration_id)
    if registration.state not in STANDING:
        raise StateRefused(registration.state)
    registration.came = None if came is None else max(0, came)
    rewrite_figures(session, programme.get_event(session, registration.event_id), now=now)
    return registration


def tell(session: Session, registration_id: str, *, now: datetime, by: str) -> Registration:
    """Somebody of the house has told the group its news. Raises RegistrationUnknown."""
    registration = get_registration(session, registration_id)
    registration.told_at, registration.told_by = now, by
    return registration
