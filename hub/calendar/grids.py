"""Days as columns over the hours of the clock. Pure: rows in, columns out.

Each hour has room for so many events; how many more there are is said, with a link to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.calendar.months import goes_on

ROOM_IN_WEEK, ROOM_IN_DISTRICT, ROOM_IN_DAY = 4, 6, 12  # events of an hour in a column of that kind
COLUMNS_MAX = 8  # narrower ones cannot be read
DAYS_OF_WEEK = 7

Hours = Mapping[int, tuple[int, Sequence[Any]]]  # hour -> how many begin in it, the first of them


@dataclass(frozen=True)
class Cell:
    """What begins in an hour: as many events as there is room for, and how many more there are."""

    hour: int
    events: tuple[Any, ...]
    more: int


@dataclass(frozen=True)
class Column:
    """A day, or a part of the city on one day. `going_on` began on an earlier day."""

    name: Any
    cells: tuple[Cell, ...]
    going_on: tuple[Any, ...] = ()
    number: int = field(default=0)

    @property
    def events(self) -> list[Any]:
        return [*self.going_on, *(event for cell in self.cells for event in cell.events)]


def week_of(day: date) -> list[date]:
    """Return Monday to Sunday of the week that `day` lies in."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(DAYS_OF_WEEK)]


def column(name: Any, hours: Hours, room: int, going_on: Iterable[Any] = ()) -> Column:
    """Return a column with `room` for each of its hours."""
    cells = tuple(
        Cell(hour, tuple(rows[:room]), number - len(rows[:room])) for hour, (number, rows) in sorted(hours.items())
    )
    begun = tuple(going_on)
    return Column(name, cells, begun, sum(number for number, _ in hours.values()) + len(begun))


def days(
    shown: Sequence[date],
    found: Mapping[tuple[date, int], tuple[int, Sequence[Any]]],
    lasting: Sequence[Any],
    zone: ZoneInfo,
    room: int,
) -> list[Column]:
    """Return a column for each day from what `queries.by_hour` and `queries.lasting` found."""
    by_day: dict[date, dict[int, tuple[int, Sequence[Any]]]] = defaultdict(dict)
    for (day, hour), events in found.items():
        by_day[day][hour] = events
    return [column(day, by_day[day], room, (row for row in lasting if goes_on(row, day, zone))) for day in shown]


def parts(rows: Iterable[Any], part_of: Mapping[str, str], order: Sequence[str], zone: ZoneInfo) -> list[Column]:
    """Return a column for each part of the city in which something begins; `part_of` tells that of a house.

    Too many parts are none: then the day is one column.
    """
    found: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[part_of.get(row.centre_id, "")][_hour(row.starts_at, zone)].append(row)
    if not 1 < len(found) <= COLUMNS_MAX:
        return []
    ranks = {name: rank for rank, name in enumerate(order)}
    names = sorted(found, key=lambda name: (ranks.get(name, len(ranks)), name))
    return [
        column(name, {hour: (len(rows), rows) for hour, rows in found[name].items()}, ROOM_IN_DISTRICT)
        for name in names
    ]


def hours_used(columns: Iterable[Column]) -> list[int]:
    """Return the hours in which anything begins, in order."""
    return sorted({cell.hour for each in columns for cell in each.cells})


def _hour(instant: datetime, zone: ZoneInfo) -> int:
    return instant.astimezone(zone).hour
