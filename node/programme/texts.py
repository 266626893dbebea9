"""What an event says in other languages: kept, found for a reader, copied.

Rule: a language is there with at least a title, or not at all.
Rule: what is said about a draft stays in the house, as the draft does (`EventText.shown`).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.programme.models import Event, EventText
from shared.ids import new_id
from shared.records.events import EventState

PARAMETERS_MAX = 500  # SQLite takes a limited number of parameters


class Words(NamedTuple):
    """The words of an event in one language."""

    title: str
    summary: str = ""
    description: str = ""


def keep_texts(session: Session, event: Event, wanted: Mapping[str, Words]) -> bool:
    """Let `event` say `wanted` (by language) and nothing else beside its own words; tell whether that is new."""
    kept = {text.language: text for text in _texts(session, [event.id])}
    changed = False
    for language in kept.keys() - wanted.keys():
        session.delete(kept[language])
        changed = True
    for language, words in wanted.items():
        text = kept.get(language)
        if text is None:
            text = EventText(id=new_id(), event_id=event.id, language=language, shown=event.travels, title="")
            session.add(text)
        for name, value in words._asdict().items():
            if getattr(text, name) != value:
                setattr(text, name, value)
                changed = True
    session.flush()
    return changed


def texts_of(session: Session, event_id: str) -> dict[str, Words]:
    """Return what an event says in other languages, by language."""
    return {text.language: _words(text) for text in _texts(session, [event_id])}


def words_in(session: Session, events: Iterable[Event], language: str) -> dict[str, Words]:
    """Return by id what each of `events` says to a reader of `language`: its own words where it has no others.

    One query, however many events there are.
    """
    listed = list(events)
    own = {event.id: Words(event.title, event.summary, event.description) for event in listed}
    found = _texts(session, list(own), language)
    return own | {text.event_id: _words(text) for text in found}


def show_texts(session: Session, event: Event) -> None:
    """Let the texts of `event` travel if it does."""
    for text in _texts(session, [event.id]):
        if text.shown != (event.state != EventState.DRAFT):
            text.shown = event.state != EventState.DRAFT


def drop_texts(session: Session, event_id: str) -> None:
    """Delete what a deleted event said in other languages."""
    for text in _texts(session, [event_id]):
        session.delete(text)


def _texts(session: Session, event_ids: list[str], language: str = "") -> list[EventText]:
    found: list[EventText] = []
    for start in range(0, len(event_ids), PARAMETERS_MAX):
        query = select(EventText).where(EventText.event_id.in_(event_ids[start : start + PARAMETERS_MAX]))
        if language:
            query = query.where(EventText.language == language)
        found += session.scalars(query.order_by(EventText.language))
    return found


def _words(text: EventText) -> Words:
    return Words(text.title, text.summary, text.description)
