"""The programme's list: what is coming, what is over, what is still a draft; by words."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, or_, select

from node.programme.models import Event
from shared.records.events import EventState


class Tab(StrEnum):
    """The keys stand in addresses."""

    COMING = "kommend"
    OVER = "vergangen"
    DRAFTS = "entwuerfe"


def list_query(tab: Tab, words: str, now: datetime) -> Select[Event]:
    """Return the query of a tab: the next date first, of what is over the last date first."""
    query = select(Event)
    if tab is Tab.DRAFTS:
        query = query.where(Event.state == EventState.DRAFT).order_by(Event.starts_at, Event.id)
    elif tab is Tab.COMING:
        query = query.where(Event.state != EventState.DRAFT, Event.ends_at > now).order_by(Event.starts_at, Event.id)
    else:
        query = query.where(Event.state != EventState.DRAFT, Event.ends_at <= now)
        query = query.order_by(Event.starts_at.desc(), Event.id)
    return query.where(*_with(words.split()))


def _with(words: Iterable[str]) -> Iterable[ColumnElement[bool]]:
    """Each word stands in the title, the summary, the text, the organiser or the place."""
    searched = (Event.title, Event.summary, Event.description, Event.organiser, Event.place)
    for word in words:
        yield or_(*(column.icontains(form, autoescape=True) for column in searched for form in _forms(word)))


def _forms(word: str) -> set[str]:
    """SQLite folds only a to z: an umlaut is looked for large and small."""
    return {word, word.lower(), word.capitalize(), word.upper()}
