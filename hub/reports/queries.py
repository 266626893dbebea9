"""Sums of a period from the records themselves, by centre, month and one more key.

Always from the typed tables, so that a correction that arrives late is right at the next
look. Months are pairs of UTC instants: both databases compare those, and neither is asked
about time zones. Stored monthly sums can stand in for `sums` without its callers knowing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, case, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement

from hub.bookings.models import Booking
from hub.centres import queries as centres
from hub.programme.models import Event
from hub.visits.models import HourCount
from shared.records.bookings import BookingKind, BookingState
from shared.records.events import EventState


class Sum(NamedTuple):
    """What one centre brought to one month of the period (by index) under `key` ('' if not split)."""

    centre_id: str
    month: int
    key: str
    amount: int


class House(NamedTuple):
    """A centre as reports name it; `district` is '' until its profile has arrived."""

    centre_id: str
    name: str
    district: str


class seconds_between(FunctionElement[int]):  # noqa: N801 (reads as the SQL function that it is)
    """Whole seconds from the first instant to the second, on either database."""

    type = Integer()
    inherit_cache = True


@compiles(seconds_between, "sqlite")
def _seconds_on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    starts, ends = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(CAST(strftime('%s', {ends}) AS INTEGER) - CAST(strftime('%s', {starts}) AS INTEGER))"


@compiles(seconds_between, "postgresql")
def _seconds_on_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    starts, ends = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({ends} - {starts})) AS BIGINT)"


@dataclass(frozen=True)
class Measure:
    """Something that is added up: `at` says which month a row belongs to, wholly.

    `keys` are the ways in which it can be split, beside centre, district and month.
    """

    centre_id: InstrumentedAttribute[str]
    at: InstrumentedAttribute[datetime]
    amount: ColumnElement[Any] | InstrumentedAttribute[int]
    only: tuple[ColumnElement[bool], ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    zero_is_known: bool = True  # False where no row means "not counted", which is not zero


_USED = (Booking.state == BookingState.CONFIRMED, Booking.kind != BookingKind.BLOCKED)
_THEME_OF_BOOKING = (
    select(Event.theme)
    .where(Event.centre_id == Booking.centre_id, Event.id == Booking.event_id)
    .correlate(Booking)
    .scalar_subquery()
)
_BOOKING_KEYS = {"kind": Booking.kind, "theme": func.coalesce(_THEME_OF_BOOKING, "")}
_EVENT_KEYS = {"theme": Event.theme, "kind": Event.kind}

MEASURES = {
    "visits": Measure(
        HourCount.centre_id,
        HourCount.hour_starts_at,
        HourCount.count,
        keys={"kind": HourCount.kind, "target_group": HourCount.target_group},
        zero_is_known=False,
    ),
    "bookings": Measure(Booking.centre_id, Booking.starts_at, literal(1), _USED, _BOOKING_KEYS),
    "booked_hours": Measure(
        Booking.centre_id, Booking.starts_at, seconds_between(Booking.starts_at, Booking.ends_at), _USED, _BOOKING_KEYS
    ),
    "events": Measure(
        Event.centre_id, Event.starts_at, literal(1), (Event.state == EventState.PUBLISHED,), _EVENT_KEYS
    ),
    "cancelled_events": Measure(
        Event.centre_id, Event.starts_at, literal(1), (Event.state == EventState.CANCELLED,), _EVENT_KEYS
    ),
}


def sums(
    session: Session,
    measure: Measure,
    bounds: Sequence[datetime],
    key: str | None = None,
    centre_ids: Collection[str] | None = None,
) -> list[Sum]:
    """Add up `measure` between `bounds` (one more than there are months).

    `booked_hours` are in seconds. `key` is one of the measure's; `centre_ids` None means all.
    """
    month = _month_index(measure.at, bounds)
    split = measure.keys[key] if key else literal("")
    found = (
        select(measure.centre_id, month.label("month"), split.label("split"), func.sum(measure.amount))
        .where(measure.at >= bounds[0], measure.at < bounds[-1], *measure.only)
        .group_by(measure.centre_id, "month", "split")
    )
    if centre_ids is not None:
        found = found.where(measure.centre_id.in_(centre_ids))
    return [Sum(centre, index, name or "", int(amount)) for centre, index, name, amount in session.execute(found)]


def houses(session: Session) -> dict[str, House]:
    """Return the centres whose profile has arrived, by id."""
    return {row.centre_id: House(row.centre_id, row.name, row.district) for row in centres.listed(session)}


def _month_index(at: InstrumentedAttribute[datetime], bounds: Sequence[datetime]) -> ColumnElement[int]:
    """Return the index of the month that `at` lies in; the caller keeps it within the bounds."""
    whens = [(at < end, literal(index)) for index, end in enumerate(bounds[1:-1])]
    last = literal(len(bounds) - 2)
    return case(*whens, else_=last) if whens else last
