"""What the calendar, its feeds and its API ask of the database.

Rule: rows of the needed columns, never objects: objects cost five times the query.
Intervals are half-open [starts, ends) in UTC, and an event belongs to the interval in which
it starts; `lasting` gives those of several days that began before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, Text, func, literal_column, or_, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from hub.calendar import search
from hub.calendar.filters import Filters
from hub.calendar.models import EventWords
from hub.centres.models import Centre
from hub.programme.models import LASTS_DAYS, Event
from hub.spaces.models import Space
from shared.records.events import EVENT_LENGTH_MAX, Attendance
from shared.time import local_day

EventRow = Row[Any]
COUNTED_MAX = 1_000  # "more than 1,000" is all that a visitor needs to know
MONTH_ROWS_MAX = 2_000  # up to here a month is fetched in one go, beyond it by day
LISTED = (
    "id", "centre_id", "kind", "state", "title", "summary", "theme", "target_groups", "languages", "accessibility",
    "cost_cents", "cost_note", "attendance", "place", "starts_at", "ends_at", "cancel_reason",
)  # fmt: skip
FED = (*LISTED, "description", "organiser", "online_url", "space_id", "series_id", "sequence", "updated_at")
SHOWN = (*FED, "partners", "age_min", "age_max", "capacity", "registration", "registration_closes_at")
IN_MONTH = ("id", "centre_id", "state", "title", "starts_at", "ends_at")


class sifted(FunctionElement[Any]):  # noqa: N801 (reads as the SQL function that it is)
    """A column that SQLite shall not look up by an index: another order of tables is known to be better."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(sifted)
def _plain(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(sifted, "sqlite")
def _unary_plus(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


_CENTRE, _THEME = sifted(Event.centre_id), sifted(Event.theme)


def listed(
    session: Session,
    filters: Filters,
    starts: datetime,
    ends: datetime | None = None,
    *,
    offset: int = 0,
    limit: int = 50,
    columns: Iterable[str] = LISTED,
) -> Sequence[EventRow]:
    """Return events that start in [starts, ends) in the order of time."""
    wanted = [getattr(Event, name) for name in columns]
    return listed_columns(session, filters, starts, ends, wanted, offset=offset, limit=limit)


def listed_columns(
    session: Session,
    filters: Filters,
    starts: datetime,
    ends: datetime | None,
    columns: Sequence[Any],
    *,
    offset: int = 0,
    limit: int,
) -> Sequence[EventRow]:
    """Return the same as `listed`, with any columns or expressions."""
    query = _found(session, filters, starts, ends, columns)
    order = (_leader(session),) if filters.words else (Event.starts_at, Event.centre_id, Event.id)
    return session.execute(query.order_by(*order).offset(offset).limit(limit)).all()


def count(
    session: Session, filters: Filters, starts: datetime, ends: datetime | None = None, up_to: int = COUNTED_MAX
) -> int:
    """Return how many events start in [starts, ends), `up_to` + 1 if there are more than that."""
    some = _found(session, filters, starts, ends, [literal_column("1")]).limit(up_to + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def lasting(
    session: Session, filters: Filters, starts: datetime, ends: datetime, limit: int = 50
) -> Sequence[EventRow]:
    """Return events of several days that begin before `ends` and go on after `starts`."""
    columns = [getattr(Event, name) for name in LISTED]
    if filters.words:
        query = _found_by_words(session, filters, starts - EVENT_LENGTH_MAX, ends, columns)
    else:
        query = select(*columns).where(sifted(Event.starts_at) < ends, *_conditions(filters, _CENTRE, _THEME))
    several_days: Any = literal_column(LASTS_DAYS[session.get_bind().dialect.name])
    query = query.where(Event.ends_at > starts, several_days)
    return session.execute(query.order_by(Event.ends_at, Event.centre_id, Event.id).limit(limit)).all()


def by_day(
    session: Session,
    filters: Filters,
    days: Sequence[date],
    zone: ZoneInfo,
    *,
    shown: int,
    at_once_max: int = MONTH_ROWS_MAX,
) -> Mapping[date, tuple[int, Sequence[EventRow]]]:
    """Return for each of the consecutive local `days` how many events start, and the first of them.

    At least `shown` events of a day are given, or all.
    """
    starts, ends = local_day(days[0], zone)[0], local_day(days[-1], zone)[1]
    totals = dict.fromkeys(days, 0)
    starting = _found(session, filters, starts, ends, [Event.starts_at, func.count()]).group_by(Event.starts_at)
    for instant, number in session.execute(starting):
        totals[instant.astimezone(zone).date()] += number
    firsts: dict[date, list[EventRow]] = {day: [] for day in days}
    if sum(totals.values()) <= at_once_max:
        for row in listed(session, filters, starts, ends, limit=at_once_max, columns=IN_MONTH):
            firsts[row.starts_at.astimezone(zone).date()].append(row)
    else:
        for day in days:
            begins, over = local_day(day, zone)
            firsts[day] = list(listed(session, filters, begins, over, limit=shown, columns=IN_MONTH))
    return {day: (totals[day], firsts[day]) for day in days}


def find_event(session: Session, centre_id: str, event_id: str) -> EventRow | None:
    """Return everything about one event, None if the hub does not have it."""
    columns = [getattr(Event, name) for name in SHOWN]
    return session.execute(select(*columns).where(Event.centre_id == centre_id, Event.id == event_id)).one_or_none()


def further_dates(session: Session, event: EventRow, since: datetime, limit: int = 6) -> Sequence[EventRow]:
    """Return the next other dates of the series that `event` belongs to."""
    if event.series_id is None:
        return []
    columns = [getattr(Event, name) for name in IN_MONTH]
    same = select(*columns).where(
        Event.centre_id == event.centre_id, Event.series_id == event.series_id, Event.id != event.id
    )
    return session.execute(same.where(sifted(Event.starts_at) >= since).order_by(Event.starts_at).limit(limit)).all()


def _found(
    session: Session, filters: Filters, starts: datetime, ends: datetime | None, columns: Sequence[Any]
) -> Select[Any]:
    if filters.words:
        return _found_by_words(session, filters, starts, ends, columns)
    query = select(*columns).where(Event.starts_at >= starts, *_conditions(filters, Event.centre_id, Event.theme))
    return query if ends is None else query.where(Event.starts_at < ends)


def _found_by_words(
    session: Session, filters: Filters, starts: datetime, ends: datetime | None, columns: Sequence[Any]
) -> Select[Any]:
    """The index leads: it yields its hits by time; events are fetched and sifted one by one."""
    same = (Event.centre_id == EventWords.centre_id) & (Event.id == EventWords.event_id)
    query = select(*columns).select_from(EventWords).join(Event, same)
    leader = _leader(session)
    if leader is not EventWords.number:
        query = query.join(search.FTS, leader == EventWords.number)
    query = query.where(*search.matches(session, filters.words), leader >= search.number_of(starts))
    if ends is not None:
        query = query.where(leader < search.number_of(ends))
    return query.where(*_conditions(filters, _CENTRE, _THEME))


def _leader(session: Session) -> Any:
    """Return the number by which the index yields its hits; SQLite would sort them all by any other name of it."""
    return search.FTS.c.rowid if session.get_bind().dialect.name == "sqlite" else EventWords.number


def _conditions(filters: Filters, centre_id: Any, theme: Any) -> Iterable[ColumnElement[bool]]:
    if filters.centre:
        yield centre_id == filters.centre
    if filters.district:
        yield sifted(centre_id).in_(select(Centre.centre_id).where(Centre.district == filters.district))
    if filters.theme:
        yield theme == filters.theme
    if filters.target_group:
        yield _has(Event.target_groups, filters.target_group)
    if filters.language:
        yield _has(Event.languages, filters.language)
    if filters.kind:
        yield Event.kind == filters.kind
    if filters.access:
        yield _accessible(filters.access)
    if filters.free:
        yield Event.cost_cents == 0
    if filters.online:
        yield Event.attendance.in_((Attendance.ONLINE, Attendance.HYBRID))


def _has(tags: Any, key: str) -> ColumnElement[bool]:
    return type_coerce(tags, Text).contains(f"|{key}|", autoescape=True)


def _accessible(feature: str) -> ColumnElement[bool]:
    """Whether somebody has said so: the event itself; else its room; else its house, if it takes place there."""
    rooms = select(Space.id).where(Space.centre_id == Event.centre_id, _has(Space.accessibility, feature))
    houses = select(Centre.centre_id).where(_has(Centre.accessibility, feature))
    somewhere_in_the_house = Event.space_id.is_(None) & (Event.place == "")
    return or_(
        _has(Event.accessibility, feature),
        Event.space_id.in_(rooms),
        somewhere_in_the_house & sifted(Event.centre_id).in_(houses),
    )
