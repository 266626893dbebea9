"""Names, contacts and needs of those who registered: how long they stay, how they are found and forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from node.core.privacy import Finding, PersonalData, matches
from node.core.tokens import hash_of
from node.privacy import service as retention
from node.programme.models import Event
from node.registration.models import STANDING, News, Registration, State
from node.registration.secret_links import new_secret
from node.registration.settling import leave, settle

KEEP_DAYS = 30  # long enough to ask who forgot the umbrella, and to give money back
_TEXTS = ("name", "phone", "email", "needs", "language", "note")


def keep_days(session: Session) -> int:
    """Return for how many days after an event this house keeps who registered: the lead's choice."""
    return retention.days_of(session, REGISTRATIONS)


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the registrations with the needle in a name, a contact, a need or a note."""
    columns = (getattr(Registration, name) for name in (*_TEXTS, "reference"))
    query = (
        select(Registration, Event)
        .outerjoin(Event, Event.id == Registration.event_id)
        .where(Registration.erased_at.is_(None), matches(needle, *columns))
        .order_by(Registration.registered_at.desc())
    )
    return [
        Finding(REGISTRATIONS.key, found.id, found.name, event.title if event else "", found.registered_at)
        for found, event in session.execute(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about the group."""
    found = session.get(Registration, record_id)
    if found is None:
        return {}
    event = session.get(Event, found.event_id)
    said = {name: getattr(found, name) for name in (*_TEXTS, "reference", "state", "adults", "children", "came")}
    times = {name: getattr(found, name) for name in ("registered_at", "changed_at", "offer_until", "told_at")}
    return said | {
        "event": event.title if event else "",
        "event_starts_at": event.starts_at.isoformat() if event else None,
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget the group. If the event is still to come it gives its places up; how many came stays."""
    found = session.get(Registration, record_id)
    if found is None or found.erased_at is not None:
        return
    event = session.get(Event, found.event_id)
    if found.state in STANDING and event is not None and now < event.ends_at:
        leave(found, State.CANCELLED, now)
        settle(session, event, now=now)
    _blank(found, now)


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget the groups of events that ended before `before`; return how many."""
    ended = or_(Event.ends_at < before, and_(Event.id.is_(None), Registration.registered_at < before))
    query = select(Registration).outerjoin(Event, Event.id == Registration.event_id)
    found = session.scalars(query.where(Registration.erased_at.is_(None), ended)).all()
    for registration in found:
        _blank(registration, now)
    return len(found)


def _blank(registration: Registration, now: datetime) -> None:
    for name in _TEXTS:
        setattr(registration, name, "")
    registration.link_hash = hash_of(new_secret())  # nobody has this secret: the link leads nowhere now
    registration.news, registration.erased_at = News.NONE, now


REGISTRATIONS = PersonalData(
    key="registrations",
    label=_l("Registrations"),
    counts_from=_l("the day of the event"),
    kept=_l("How many places were taken and how many people came stays, for the statistics."),
    retention_days=KEEP_DAYS,
    columns={Registration: (*_TEXTS, "link_hash")},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)
