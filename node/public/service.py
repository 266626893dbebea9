"""What the public sees of the programme: columns, not objects, for these pages are read most.

Rule: drafts are nowhere; what was published and cancelled stays visible as cancelled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from node.programme.models import Event, EventText
from shared.records.events import Attendance, EventState
from shared.web.pagination import Page

PARAMETERS_MAX = 500  # SQLite takes a limited number of parameters
PUBLIC_STATES = (EventState.PUBLISHED, EventState.CANCELLED)
_LISTED: tuple[Any, ...] = (
    Event.id,
    Event.title,
    Event.summary,
    Event.state,
    Event.theme,
    Event.cost_cents,
    Event.attendance,
    Event.registration,
    Event.place,
    Event.space_id,
    Event.starts_at,
    Event.ends_at,
    Event.cancel_reason,
)
_IN_GRID: tuple[Any, ...] = (Event.id, Event.title, Event.state, Event.starts_at, Event.ends_at)
_MARKED: tuple[Any, ...] = (Event.id, Event.sequence, Event.updated_at, Event.state)


class Title(NamedTuple):
    """The short words of an event in one language."""

    title: str
    summary: str


@dataclass(frozen=True)
class Wanted:
    """What a visitor narrows the programme by; '' and False ask for everything."""

    theme: str = ""
    group: str = ""
    language: str = ""
    free: bool = False
    step_free: bool = False
    online: bool = False
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.theme:
            found.append(Event.theme == self.theme)
        if self.group:  # what is for everyone is for this group too
            found.append(or_(_has(Event.target_groups, self.group), _has(Event.target_groups, "everyone")))
        if self.language:
            found.append(_has(Event.languages, self.language))
        if self.free:
            found.append(Event.cost_cents == 0)
        if self.step_free:
            found.append(_has(Event.accessibility, "step_free"))
        if self.online:
            found.append(Event.attendance.in_([Attendance.ONLINE, Attendance.HYBRID]))
        return [*found, *(_says(word) for word in self.words.split()[:8])]


def _has(column: Any, key: str) -> ColumnElement[bool]:
    """Tags are stored as `|a|b|`."""
    return type_coerce(column, String).contains(f"|{key}|", autoescape=True)


def _says(word: str) -> ColumnElement[bool]:
    searched = (Event.title, Event.summary, Event.description, Event.organiser, Event.place)
    return or_(*(column.icontains(word, autoescape=True) for column in searched))


def coming(since: datetime, wanted: Wanted | None = None) -> Select[Any]:
    """Select the rows of a list: what is public and not over at `since`, cancelled ones too, by time."""
    return _public(_LISTED, since, wanted)


def coming_events(since: datetime, wanted: Wanted | None = None) -> Select[Event]:
    """Select the same as whole events, for files."""
    query = select(Event).where(Event.state.in_(PUBLIC_STATES), Event.ends_at > since)
    return query.where(*(wanted or Wanted()).conditions()).order_by(Event.starts_at, Event.id)


def marks(session: Session, since: datetime, wanted: Wanted | None = None, limit: int = 0) -> list[Row[Any]]:
    """Return what changes whenever one of these events does: enough to tell whether a file is still the same."""
    return list(session.execute(_public(_MARKED, since, wanted).limit(limit or None)))


def page_of(session: Session, query: Select[Any], number: int, per_page: int) -> Page[Row[Any]]:
    """Return a page of rows; a number past the end is the last page."""
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(counted) or 0
    number = min(number, max(1, -(-total // per_page)))
    rows = session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, total, per_page)


def between(session: Session, start: datetime, end: datetime, wanted: Wanted) -> Sequence[Row[Any]]:
    """Return what touches [start, end), for a grid."""
    query = _public(_IN_GRID, start, wanted).where(Event.starts_at < end)
    return session.execute(query).all()


def find_event(session: Session, event_id: str) -> Event | None:
    """Return an event if the public may see it."""
    event = session.get(Event, event_id)
    return event if event is not None and event.state in PUBLIC_STATES else None


def other_dates(session: Session, event: Event, since: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return the next other dates of the event's series."""
    if not event.series_id:
        return []
    query = _public(_IN_GRID, since, None).where(Event.series_id == event.series_id, Event.id != event.id)
    return session.execute(query.limit(limit)).all()


def themes_in_use(session: Session, since: datetime) -> list[str]:
    """Return the keys of the themes that have something coming."""
    query = select(Event.theme).where(Event.state.in_(PUBLIC_STATES), Event.ends_at > since, Event.theme != "")
    return list(session.scalars(query.distinct().order_by(Event.theme)))


def words_of(session: Session, rows: Iterable[Any], language: str) -> dict[str, Title]:
    """Return by id the title and summary in the reader's language, the event's own where it has no others."""
    listed = list(rows)
    own = {row.id: Title(row.title, getattr(row, "summary", "")) for row in listed}
    told = select(EventText.event_id, EventText.title, EventText.summary).where(EventText.language == language)
    ids = list(own)
    for start in range(0, len(ids), PARAMETERS_MAX):
        for row in session.execute(told.where(EventText.event_id.in_(ids[start : start + PARAMETERS_MAX]))):
            own[row.event_id] = Title(row.title, row.summary)
    return own


def _public(columns: Iterable[Any], since: datetime, wanted: Wanted | None) -> Select[Any]:
    query = select(*columns).where(Event.state.in_(PUBLIC_STATES), Event.ends_at > since)
    return query.where(*(wanted or Wanted()).conditions()).order_by(Event.starts_at, Event.id)
