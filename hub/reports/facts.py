"""What a centre's own records say about its months: the only place where figures are added up from records.

Months, weekdays and hours are those of the city's wall clocks: an hour counted twice in the
autumn night falls into the same hour of the day twice. Amounts are whole numbers: visits,
dates, persons, days, seconds. Rule: nothing here writes, and nothing here asks which district
a centre lies in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.attendance.models import EventAttendance
from hub.bookings.models import Booking
from hub.programme.models import Event
from hub.reports.periods import Month, month_of
from hub.visits.models import HourCount, VisitDay
from shared.records.bookings import BookingKind, BookingState
from shared.records.events import EventState
from shared.records.visit_days import DayState
from shared.time import YEARS

PARTLY = "partly"  # a day that was counted, but not completely


class Fact(NamedTuple):
    """Where an amount belongs; `month` is a number like 202611, `key` is '' where `way` is."""

    measure: str
    way: str
    month: int
    key: str


Facts = Mapping[Fact, int]
Months = frozenset[int]


class WallClock:
    """Months and hours of the week in the city's zone; remembers what it was asked, instants repeat."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._seen: dict[datetime, tuple[int, str]] = {}

    def read(self, instant: datetime) -> tuple[int, str]:
        """Return the month and the hour of the week (`3-14`: Thursday, from 14 o'clock) of an instant."""
        found = self._seen.get(instant)
        if found is None:
            local = instant.astimezone(self.zone)
            found = self._seen[instant] = (local.year * 100 + local.month, f"{local.weekday()}-{local.hour:02d}")
        return found

    def month(self, instant: datetime) -> int:
        return month_of(instant, self.zone).as_number

    def within(self, at: InstrumentedAttribute[datetime], months: Months | None) -> list[ColumnElement[bool]]:
        """Return the condition that `at` lies in one of `months`; None is always."""
        if months is None:
            return []
        runs = ((first.starts_at(self.zone), last.plus(1).starts_at(self.zone)) for first, last in _runs(months))
        return [or_(*(and_(at >= starts_at, at < ends_at) for starts_at, ends_at in runs))]


def _runs(months: Months) -> Iterator[tuple[Month, Month]]:
    """Yield the first and last of months that follow each other."""
    first = last = None
    for month in sorted(Month.of_number(number) for number in months):
        if last is not None and first is not None and month != last.plus(1):
            yield first, last
            first = None
        first, last = first or month, month
    if first is not None and last is not None:
        yield first, last


def visits(session: Session, centre_id: str, months: Months | None, clock: WallClock) -> Facts:
    """Visits by kind, target group and hour of the week."""
    columns = (HourCount.hour_starts_at, HourCount.kind, HourCount.target_group, HourCount.count)
    by_group: Counter[tuple[int, str, str]] = Counter()  # two short sums first: there are millions of hours
    by_week: Counter[tuple[int, str]] = Counter()
    for hour, kind, group, count in session.execute(_of(centre_id, columns, HourCount.hour_starts_at, months, clock)):
        month, week = clock.read(hour)
        by_group[month, kind, group] += count
        by_week[month, week] += count
    found: Counter[Fact] = Counter({Fact("visits", "week", *key): amount for key, amount in by_week.items()})
    for (month, kind, group), amount in by_group.items():
        for way, key in (("", ""), ("kind", kind), ("target_group", group)):
            found[Fact("visits", way, month, key)] += amount
    return found


def days(session: Session, centre_id: str, months: Months | None, clock: WallClock) -> Facts:
    """Days that a centre said something about, by what it said. Their months are its own calendar's.

    A day is no instant and may be of any year; those that no house can mean are passed over.
    """
    query = select(VisitDay.day, VisitDay.state, VisitDay.complete).where(
        VisitDay.centre_id == centre_id, VisitDay.day.between(date(YEARS[0], 1, 1), date(YEARS[1], 12, 31))
    )
    if months is not None:
        listed = sorted(months)
        first, last = Month.of_number(listed[0]), Month.of_number(listed[-1])
        query = query.where(VisitDay.day >= first.first_day, VisitDay.day < last.plus(1).first_day)
    found: Counter[Fact] = Counter()
    for day, state, complete in session.execute(query):
        month = day.year * 100 + day.month
        if months is None or month in months:
            partly = state == DayState.COUNTED and not complete
            found[Fact("days", "", month, "")] += 1
            found[Fact("days", "state", month, PARTLY if partly else state)] += 1
    return found


def programme(session: Session, centre_id: str, months: Months | None, clock: WallClock) -> Facts:
    """Dates that were published or called off, and who registered for them and came."""
    columns = (
        *(Event.starts_at, Event.state, Event.kind, Event.theme, Event.target_groups, Event.languages),
        *(Event.cost_cents, Event.attendance, EventAttendance.registered, EventAttendance.waiting),
        *(EventAttendance.attended, EventAttendance.headcount),
    )
    same = and_(EventAttendance.centre_id == Event.centre_id, EventAttendance.event_id == Event.id)
    query = _of(centre_id, columns, Event.starts_at, months, clock).outerjoin(EventAttendance, same)
    found: Counter[Fact] = Counter()
    for row in session.execute(query):
        ways = list(_ways_of_event(row))
        for measure, amount in _amounts_of_event(row):
            for way, key in ways:
                found[Fact(measure, way, clock.month(row.starts_at), key)] += amount
    return found


def _amounts_of_event(row: Any) -> Iterator[tuple[str, int]]:
    if row.state == EventState.CANCELLED:
        yield "cancelled_events", 1
    if row.state != EventState.PUBLISHED:
        return
    yield "events", 1
    if row.registered is not None:
        yield "registered", row.registered
        yield "waiting", row.waiting
    if row.attended is not None:
        yield "checked", row.registered
        yield "missed", max(0, row.registered - row.attended)
    if row.attended is not None or row.headcount is not None:
        yield "came", (row.attended or 0) + (row.headcount or 0)


def _ways_of_event(row: Any) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "theme", row.theme
    yield "kind", row.kind
    yield "place", row.attendance
    yield "cost", "ask" if row.cost_cents is None else "paid" if row.cost_cents else "free"
    yield from (("target_group", key) for key in dict.fromkeys(row.target_groups or ("",)))
    yield from (("language", key) for key in dict.fromkeys(row.languages or ("",)))


_OUTCOMES = {
    BookingState.CONFIRMED: "bookings",
    BookingState.DECLINED: "declined_bookings",
    BookingState.CANCELLED: "cancelled_bookings",
}


def bookings(session: Session, centre_id: str, months: Months | None, clock: WallClock) -> Facts:
    """Bookings by what became of them, with the theme of the event that a booking is for."""
    columns = (Booking.starts_at, Booking.ends_at, Booking.kind, Booking.state, Event.theme)
    same = and_(Event.centre_id == Booking.centre_id, Event.id == Booking.event_id)
    query = _of(centre_id, columns, Booking.starts_at, months, clock).outerjoin(Event, same)
    found: Counter[Fact] = Counter()
    for row in session.execute(query.where(Booking.kind != BookingKind.BLOCKED)):
        amounts = [(measure, 1) for state, measure in _OUTCOMES.items() if row.state == state]
        if row.state == BookingState.CONFIRMED:
            amounts.append(("booked_hours", int((row.ends_at - row.starts_at).total_seconds())))
        month = clock.month(row.starts_at)
        for measure, amount in amounts:
            for way, key in (("", ""), ("kind", row.kind), ("theme", row.theme or "")):
                found[Fact(measure, way, month, key)] += amount
    return found


class Group(NamedTuple):
    """Measures that are added up together, because they come from the same records."""

    measures: tuple[str, ...]
    read: Callable[[Session, str, Months | None, WallClock], Facts]


GROUPS: Mapping[str, Group] = {
    "visits": Group(("visits",), visits),
    "days": Group(("days",), days),
    "programme": Group(("events", "cancelled_events", "registered", "waiting", "checked", "missed", "came"), programme),
    "bookings": Group(("bookings", "booked_hours", "declined_bookings", "cancelled_bookings"), bookings),
}


def _of(
    centre_id: str,
    columns: Iterable[Any],
    at: InstrumentedAttribute[datetime],
    months: Months | None,
    clock: WallClock,
) -> Select[Any]:
    owner: Any = at.class_
    return select(*columns).select_from(owner).where(owner.centre_id == centre_id, *clock.within(at, months))
