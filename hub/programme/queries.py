"""What the pages of the city ask about events besides their dates: their words in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.programme.models import Event, EventText
from shared.records.events import EventState
from shared.records.norms import WEEKEND
from shared.time import local_day


class Words(NamedTuple):
    """What a house says about an event in one language."""

    title: str
    summary: str
    description: str


def words_in(session: Session, rows: Iterable[Any], language: str) -> Mapping[tuple[str, str], Words]:
    """Return by (centre, event) what is said in `language` about the events of `rows`; one query for all of them."""
    wanted = {(row.centre_id, row.id) for row in rows}
    if not wanted:
        return {}
    columns = (EventText.centre_id, EventText.event_id, EventText.title, EventText.summary, EventText.description)
    query = select(*columns).where(
        EventText.centre_id.in_({centre for centre, _ in wanted}),
        EventText.event_id.in_({event for _, event in wanted}),
        EventText.language == language,
    )
    return {(row[0], row[1]): Words(*row[2:]) for row in session.execute(query)}


def weekends_with_events(session: Session, centre_id: str, first: date, last: date, zone: ZoneInfo) -> set[date]:
    """Return the Saturdays and Sundays of [first, last] on which a published event of the house begins."""
    begins = select(Event.starts_at).where(
        Event.centre_id == centre_id,
        Event.state == EventState.PUBLISHED,
        Event.starts_at >= local_day(first, zone)[0],
        Event.starts_at < local_day(last, zone)[1],
    )
    days = (instant.astimezone(zone).date() for instant in session.scalars(begins))
    return {day for day in days if day.weekday() in WEEKEND}


def all_words(session: Session, rows: Iterable[Any]) -> Mapping[tuple[str, str], dict[str, Words]]:
    """Return by (centre, event) what is said about the events of `rows` in each other language; one query."""
    wanted = {(row.centre_id, row.id) for row in rows}
    texts = (getattr(EventText, name) for name in Words._fields)
    query = select(EventText.centre_id, EventText.event_id, EventText.language, *texts).where(
        EventText.centre_id.in_({centre for centre, _ in wanted}),
        EventText.event_id.in_({event for _, event in wanted}),
    )
    found: dict[tuple[str, str], dict[str, Words]] = {}
    for centre_id, event_id, language, *said in session.execute(query.order_by(EventText.language)):
        found.setdefault((centre_id, event_id), {})[language] = Words(*said)
    return found
