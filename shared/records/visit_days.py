"""Whether a day was counted, so that zero, closed and not counted are three different things.

How a day of a centre is read, by the house and by the city alike:

- no record: the house has not said yet. It writes the record of a day in the night after it, so
  in a centre that counts at all a day two days ago without one is a report that is overdue.
- `closed`: the house was not open and nothing took place. No figure is expected.
- `not_counted`: it was open and nobody counted. The visits are unknown, never 0.
- `counted` and `complete`: every open hour was counted; one without a record in `visits` is 0.
- `counted`, not `complete`: the sums of `visits` are true but too low: "at least".

So of the days of a month, all that are over are expected, those with a record are received, and
those that are `closed` or `counted` and `complete` are known in full. The house judges by the
opening hours that were in force on the day; the city need not ask them again: changing the
ordinary week does not change what a day of the past was.

Who said it, and why, stays in the house.
"""

from collections.abc import Collection as Hours
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from marshmallow import fields
from sqlalchemy import Boolean, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.records.base import Collection, Day, RecordColumns, RecordSchema, Side, choice

SILENT_HOURS_MAX = 3  # an open house without a visitor for so long is rarer than a forgotten counter
_HOUR = timedelta(hours=1)


class DayState(StrEnum):
    COUNTED = "counted"
    CLOSED = "closed"
    NOT_COUNTED = "not_counted"


class HourState(StrEnum):
    """What an open hour without a figure is, and an hour that was not open."""

    COUNTED = "counted"
    ZERO = "zero"
    NOT_COUNTED = "not_counted"
    CLOSED = "closed"


class VisitDayColumns(RecordColumns):
    """One record for each day, in the zone of the house. `complete` says something of `counted` days only."""

    __collection__ = "visit_days"

    day: Mapped[date] = mapped_column(Date, index=True)
    state: Mapped[str] = mapped_column(String(20))
    complete: Mapped[bool] = mapped_column(Boolean, default=False)


class VisitDaySchema(RecordSchema):
    day = Day(required=True)
    state = choice(DayState)
    complete = fields.Boolean(required=True, truthy={True}, falsy={False})


VISIT_DAYS = Collection(VisitDayColumns, VisitDaySchema, Side.NODE)


class Judgement(NamedTuple):
    """What a day is; `complete` is False unless the state is `counted`."""

    state: DayState
    complete: bool


def hours_within(slots: Iterable[tuple[datetime, datetime]]) -> list[datetime]:
    """Return the full hours in UTC that the half-open slots [starts, ends) touch, each once, in order."""
    hours = set()
    for starts_at, ends_at in slots:
        hour = starts_at.replace(minute=0, second=0, microsecond=0)
        while hour < ends_at:
            hours.add(hour)
            hour += _HOUR
    return sorted(hours)


def judge_hours(
    open_hours: Sequence[datetime], counted: Hours[datetime], *, complete: bool
) -> dict[datetime, HourState]:
    """Tell what each open hour was, and each hour that has a figure although the house was not open.

    `complete`: somebody has said so, then every open hour without a figure is zero. Otherwise it is
    zero if people counted shortly before or after it: a stretch of open hours without any figure
    was not counted, nor was a silence of SILENT_HOURS_MAX hours or more.
    """
    states = dict.fromkeys(counted, HourState.COUNTED)
    for stretch in _stretches(open_hours):
        for silence in _stretches([hour for hour in stretch if hour not in counted]):
            forgotten = len(silence) >= SILENT_HOURS_MAX or len(silence) == len(stretch)
            kind = HourState.NOT_COUNTED if forgotten and not complete else HourState.ZERO
            states |= dict.fromkeys(silence, kind)
    return dict(sorted(states.items()))


def judge_day(open_hours: Sequence[datetime], counted: Hours[datetime]) -> Judgement:
    """Tell what a day was as long as nobody says otherwise."""
    if not counted:
        return Judgement(DayState.NOT_COUNTED if open_hours else DayState.CLOSED, False)
    hours = judge_hours(open_hours, counted, complete=False)
    return Judgement(DayState.COUNTED, HourState.NOT_COUNTED not in hours.values())


def _stretches(hours: Sequence[datetime]) -> list[list[datetime]]:
    """Part sorted hours where one is missing between two."""
    stretches: list[list[datetime]] = []
    for hour in hours:
        if stretches and hour - stretches[-1][-1] == _HOUR:
            stretches[-1].append(hour)
        else:
            stretches.append([hour])
    return stretches
