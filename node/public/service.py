"""What the public sees of the programme."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from node.programme.models import Event
from shared.records.events import EventState

PUBLIC_STATES = (EventState.PUBLISHED, EventState.CANCELLED)


def programme_query(since: datetime, theme: str = "") -> Select[Event]:
    """Select what is published and not over at `since`, cancelled ones too, by time."""
    query = select(Event).where(Event.state.in_(PUBLIC_STATES), Event.ends_at > since)
    if theme:
        query = query.where(Event.theme == theme)
    return query.order_by(Event.starts_at, Event.id)


def find_event(session: Session, event_id: str) -> Event | None:
    """Return an event if the public may see it."""
    event = session.get(Event, event_id)
    return event if event is not None and event.state in PUBLIC_STATES else None


def themes_in_use(session: Session, since: datetime) -> list[str]:
    """Return the keys of the themes that have something coming."""
    query = select(Event.theme).where(Event.state.in_(PUBLIC_STATES), Event.ends_at > since, Event.theme != "")
    return list(session.scalars(query.distinct().order_by(Event.theme)))
