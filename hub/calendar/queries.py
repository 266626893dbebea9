"""What the calendar, its feeds and its API ask of the database.

Rule: rows of the needed columns, never objects: objects cost five times the query.
Intervals are half-open [starts, ends) in UTC, and an event belongs to the interval in which
it starts; `lasting` gives those of several days that began before. What several houses publish
is given and counted once, everywhere; `twins_of` tells the other houses.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from hub.calendar import matching
from hub.calendar.conditions import conditions, is_first_twin, is_later_twin, sifted
from hub.calendar.filters import Filters
from hub.calendar.models import EventTwin, EventWords, number_of
from hub.programme.models import LASTS_DAYS, Event
from shared.records.events import EVENT_LENGTH_MAX
from shared.time import local_day

EventRow = Row[Any]
COUNTED_MAX = 1_000  # "more than 1,000" is all that a visitor needs to know
LASTING_MAX = 500  # of several days, in a table; a city has some hundred exhibitions at once
MONTH_ROWS_MAX = 2_000  # up to here a month is fetched in one go, beyond it by day
LISTED = (
    "id", "centre_id", "kind", "state", "title", "summary", "theme", "target_groups", "languages", "accessibility",
    "cost_cents", "cost_note", "attendance", "place", "starts_at", "ends_at", "cancel_reason",
)  # fmt: skip
FED = (*LISTED, "description", "organiser", "online_url", "space_id", "series_id", "sequence", "updated_at")
SHOWN = (*FED, "partners", "age_min", "age_max", "capacity", "registration", "registration_closes_at")
IN_GRID = ("id", "centre_id", "state", "title", "theme", "starts_at", "ends_at", "cancel_reason")
ASKED_BY_ID_MAX = 500  # beyond it, all twins of a stretch of time are fewer than the parameters would be
_SECOND = timedelta(seconds=1)
Stretch = TypeVar("Stretch")


class Twin(NamedTuple):
    """The same event as another house publishes it."""

    centre_id: str
    event_id: str
    state: str


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
        query = select(*columns).where(sifted(Event.starts_at) < ends, *conditions(filters))
    several_days: Any = literal_column(LASTS_DAYS[session.get_bind().dialect.name])
    query = query.where(Event.ends_at > starts, several_days, is_first_twin(filters))
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
    found = _by_stretch(session, filters, days, zone, stretch_of=_day_of, shown=shown, at_once_max=at_once_max)
    return {day: found.get(day, (0, [])) for day in days}


def by_hour(
    session: Session,
    filters: Filters,
    days: Sequence[date],
    zone: ZoneInfo,
    *,
    shown: int,
    at_once_max: int = MONTH_ROWS_MAX,
) -> Mapping[tuple[date, int], tuple[int, Sequence[EventRow]]]:
    """Return the same for each hour of the wall clock in which an event starts."""
    return _by_stretch(session, filters, days, zone, stretch_of=_hour_of, shown=shown, at_once_max=at_once_max)


def _day_of(local: datetime) -> date:
    return local.date()


def _hour_of(local: datetime) -> tuple[date, int]:
    return local.date(), local.hour


def _by_stretch(
    session: Session,
    filters: Filters,
    days: Sequence[date],
    zone: ZoneInfo,
    *,
    stretch_of: Callable[[datetime], Stretch],
    shown: int,
    at_once_max: int,
) -> Mapping[Stretch, tuple[int, Sequence[EventRow]]]:
    starts, ends = local_day(days[0], zone)[0], local_day(days[-1], zone)[1]
    totals: Counter[Stretch] = Counter()
    reach: dict[Stretch, tuple[datetime, datetime]] = {}
    for instant, number in sorted(_starting(session, filters, starts, ends).items()):
        stretch = stretch_of(instant.astimezone(zone))
        totals[stretch] += number
        reach[stretch] = (reach.get(stretch, (instant, instant))[0], instant)
    firsts: dict[Stretch, list[EventRow]] = {stretch: [] for stretch in totals}
    if totals.total() <= at_once_max:
        for row in listed(session, filters, starts, ends, limit=at_once_max, columns=IN_GRID) if totals else ():
            firsts[stretch_of(row.starts_at.astimezone(zone))].append(row)
    else:
        firsts = dict(zip(reach, _first_ones(session, filters, reach.values(), shown), strict=True))
    return {stretch: (totals[stretch], firsts[stretch]) for stretch in totals}


def _first_ones(
    session: Session, filters: Filters, reach: Iterable[tuple[datetime, datetime]], limit: int
) -> Iterator[list[EventRow]]:
    """Yield the first events of each stretch, told by its first and its last start; asked by one statement."""
    if filters.words:
        for first, last in reach:
            yield list(listed(session, filters, first, last + _SECOND, limit=limit, columns=IN_GRID))
        return
    columns = [getattr(Event, name) for name in IN_GRID]
    query = _in_time(filters, bindparam("first"), bindparam("last"), columns).where(is_first_twin(filters))
    query = query.order_by(Event.starts_at, Event.centre_id, Event.id).limit(limit)
    for first, last in reach:
        yield list(session.execute(query, {"first": first, "last": last + _SECOND}))


def _starting(session: Session, filters: Filters, starts: datetime, ends: datetime) -> Counter[datetime]:
    """Return how many events start at each instant.

    Without words an index alone answers that, the few twins that do not count are taken off:
    looking for twins event by event would fetch every event.
    """
    columns = [Event.starts_at, func.count()]
    if filters.words:
        query = _found_by_words(session, filters, starts, ends, columns).where(is_first_twin(filters))
        return Counter({row[0]: row[1] for row in session.execute(query.group_by(Event.starts_at))})
    everything = _in_time(filters, starts, ends, columns).group_by(Event.starts_at)
    numbers = Counter({row[0]: row[1] for row in session.execute(everything)})
    same = (Event.centre_id == EventTwin.centre_id) & (Event.id == EventTwin.event_id)
    twins = (
        select(*columns)
        .select_from(EventTwin)
        .join(Event, same)
        .where(EventTwin.set_number >= number_of(starts), EventTwin.set_number < number_of(ends))
        .where(*conditions(filters), is_later_twin(filters))
        .group_by(Event.starts_at)
    )
    numbers.subtract({row[0]: row[1] for row in session.execute(twins)})
    return +numbers


_MINE, _OTHER = aliased(EventTwin), aliased(EventTwin)
_TWINS = (
    select(_MINE.centre_id, _MINE.event_id, _OTHER.centre_id, _OTHER.event_id, Event.state)
    .select_from(_MINE)
    .join(_OTHER, (_OTHER.set_number == _MINE.set_number) & (_OTHER.rank != _MINE.rank))
    .join(Event, (Event.centre_id == _OTHER.centre_id) & (Event.id == _OTHER.event_id))
    .order_by(_OTHER.rank)
)


def twins_of(session: Session, rows: Sequence[EventRow]) -> Mapping[tuple[str, str], Sequence[Twin]]:
    """Return by (centre, event) the same event as other houses publish it; most events have no twin."""
    if not rows:
        return {}
    instants = [row.starts_at for row in rows]
    mine = (_MINE.event_id.in_([row.id for row in rows]),) if len(rows) <= ASKED_BY_ID_MAX else ()
    return _twins(session, min(instants), max(instants) + _SECOND, *mine)


def twins_within(session: Session, starts: datetime, ends: datetime) -> Mapping[tuple[str, str], Sequence[Twin]]:
    """Return the same for all events that start in [starts, ends) and have a twin."""
    return _twins(session, starts, ends)


def _twins(
    session: Session, starts: datetime, ends: datetime, *more: ColumnElement[bool]
) -> Mapping[tuple[str, str], Sequence[Twin]]:
    within = (_MINE.set_number >= number_of(starts), _MINE.set_number < number_of(ends))
    found: dict[tuple[str, str], list[Twin]] = {}
    for centre_id, event_id, *twin in session.execute(_TWINS.where(*within, *more)):
        found.setdefault((centre_id, event_id), []).append(Twin(*twin))
    return found


def find_event(session: Session, centre_id: str, event_id: str) -> EventRow | None:
    """Return everything about one event, None if the hub does not have it."""
    columns = [getattr(Event, name) for name in SHOWN]
    return session.execute(select(*columns).where(Event.centre_id == centre_id, Event.id == event_id)).one_or_none()


def further_dates(session: Session, event: EventRow, since: datetime, limit: int = 6) -> Sequence[EventRow]:
    """Return the next other dates of the series that `event` belongs to."""
    if event.series_id is None:
        return []
    columns = [getattr(Event, name) for name in IN_GRID]
    same = select(*columns).where(
        Event.centre_id == event.centre_id, Event.series_id == event.series_id, Event.id != event.id
    )
    return session.execute(same.where(sifted(Event.starts_at) >= since).order_by(Event.starts_at).limit(limit)).all()


def _found(
    session: Session, filters: Filters, starts: datetime, ends: datetime | None, columns: Sequence[Any]
) -> Select[Any]:
    if filters.words:
        return _found_by_words(session, filters, starts, ends, columns).where(is_first_twin(filters))
    return _in_time(filters, starts, ends, columns).where(is_first_twin(filters))


def _in_time(filters: Filters, starts: Any, ends: Any, columns: Sequence[Any]) -> Select[Any]:
    query = select(*columns).where(Event.starts_at >= starts, *conditions(filters, leads=True))
    return query if ends is None else query.where(Event.starts_at < ends)


def _found_by_words(
    session: Session, filters: Filters, starts: datetime, ends: datetime | None, columns: Sequence[Any]
) -> Select[Any]:
    """The index leads: it yields its hits by time; events are fetched and sifted one by one."""
    same = (Event.centre_id == EventWords.centre_id) & (Event.id == EventWords.event_id)
    query = select(*columns).select_from(EventWords).join(Event, same)
    leader = _leader(session)
    if leader is not EventWords.number:
        query = query.join(matching.FTS, leader == EventWords.number)
    query = query.where(*matching.matches(session, filters.words), leader >= number_of(starts))
    if ends is not None:
        query = query.where(leader < number_of(ends))
    return query.where(*conditions(filters))


def _leader(session: Session) -> Any:
    """Return the number by which the index yields its hits; SQLite would sort them all by any other name of it."""
    return matching.FTS.c.rowid if session.get_bind().dialect.name == "sqlite" else EventWords.number
