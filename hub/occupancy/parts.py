"""Parts of the week, and the cells into which a time is cut to be added up. Pure.

Rule: the wall clock of the house decides, so a cell is an hour longer or shorter on the night in
which the clocks change. The hours after midnight belong to the evening before: who dances until
two on Saturday night did so on a Saturday evening. Months are those of the calendar all the same.
"""

from collections.abc import Collection, Hashable, Iterator
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from shared.records.free_time import Seconds, seconds_of
from shared.time import at_local

Key = TypeVar("Key", bound=Hashable)
SATURDAY = 5
NIGHT, MORNING_ENDS, EVENING_BEGINS = time(6), time(12), time(18)
A_DAY = timedelta(days=1)


class Part(StrEnum):
    """A part of the week; weekends are Saturday and Sunday, whatever the holidays say."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKEND_MORNING = "weekend_morning"
    WEEKEND_AFTERNOON = "weekend_afternoon"
    WEEKEND_EVENING = "weekend_evening"


EVENINGS = frozenset({Part.EVENING, Part.WEEKEND_EVENING})
WEEKENDS = frozenset({Part.WEEKEND_MORNING, Part.WEEKEND_AFTERNOON, Part.WEEKEND_EVENING})
EVENINGS_AND_WEEKENDS: Collection[Part] = EVENINGS | WEEKENDS


class Hour(NamedTuple):
    """An hour of the week: `weekday` 0 is Monday."""

    weekday: int
    hour: int


class Cell(NamedTuple, Generic[Key]):
    """A stretch of `day` that is added up under `key`."""

    when: Seconds
    day: date
    key: Key


def parts_of(first: date, before: date, zone: ZoneInfo) -> Iterator[Cell[Part]]:
    """Yield the cells of the days [first, before), in order: night, morning, afternoon, evening of each."""
    for day in _days(first, before):
        walls = [at_local(day, wall, zone) for wall in (time(), NIGHT, MORNING_ENDS, EVENING_BEGINS)]
        bounds = [*walls, at_local(day + A_DAY, time(), zone)]
        keys = (evening_of(day - A_DAY), *_parts_of_day(day), evening_of(day))
        for starts, ends, key in zip(bounds, bounds[1:], keys, strict=False):
            yield Cell(seconds_of(starts, ends), day, key)


def hours_of(first: date, before: date, zone: ZoneInfo) -> Iterator[Cell[Hour]]:
    """Yield each hour of the wall clock of the days [first, before); one that the clocks skip is empty."""
    for day in _days(first, before):
        bounds = [at_local(day, time(hour), zone) for hour in range(24)]
        bounds.append(at_local(day + A_DAY, time(), zone))
        for hour in range(24):
            yield Cell(seconds_of(bounds[hour], bounds[hour + 1]), day, Hour(day.weekday(), hour))


def evening_of(day: date) -> Part:
    return Part.WEEKEND_EVENING if day.weekday() >= SATURDAY else Part.EVENING


def _parts_of_day(day: date) -> tuple[Part, Part]:
    if day.weekday() >= SATURDAY:
        return Part.WEEKEND_MORNING, Part.WEEKEND_AFTERNOON
    return Part.MORNING, Part.AFTERNOON


def _days(first: date, before: date) -> Iterator[date]:
    for ahead in range((before - first).days):
        yield first + timedelta(days=ahead)
