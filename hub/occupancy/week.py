"""The hours of an average week of one house: how much of each is used, found when somebody asks.

Hours are those of the wall clock. What a cell says is of all whole spaces of the house and all
its weeks in the period together.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from hub.occupancy import houses
from hub.occupancy.adding import NOTHING, Amounts, add_up, tops
from hub.occupancy.houses import Between
from hub.occupancy.parts import Hour, hours_of
from hub.reports.periods import Period

STEPS = 4  # shades of use: up to a quarter, half, three quarters, all


class HourRow(NamedTuple):
    """An hour of the day, Monday to Sunday."""

    hour: int
    cells: Sequence[Amounts]


class Stretch(NamedTuple):
    """Hours of a weekday that follow each other, [first, before)."""

    weekday: int
    first: int
    before: int


class Week(NamedTuple):
    """`rows` are the hours between the first and the last in which anything is open or used."""

    rows: Sequence[HourRow]
    never_used: Sequence[Stretch]
    used_while_closed: Sequence[Stretch]


def week_of(session: Session, centre_id: str, period: Period) -> Week:
    """Return the week of a house in a period."""
    zone = houses.zone_of(session, centre_id)
    bounds = period.bounds(zone)
    house = houses.house_between(session, centre_id, zone, Between(bounds[0], bounds[-1]))
    cells = list(hours_of(period.first.first_day, period.last.plus(1).first_day, zone))
    return laid_out(tops(add_up(house, cells)))


def laid_out(by_hour: Mapping[Hour, Amounts]) -> Week:
    """Return the week of sums by hour."""
    busy = sorted({hour.hour for hour, amounts in by_hour.items() if any(amounts)})
    hours = range(busy[0], busy[-1] + 1) if busy else range(0)
    rows = [HourRow(hour, [by_hour.get(Hour(weekday, hour), NOTHING) for weekday in range(7)]) for hour in hours]
    never = {hour for hour, amounts in by_hour.items() if amounts.open_s and not amounts.inside_s}
    closed = {hour for hour, amounts in by_hour.items() if amounts.outside_s and not amounts.open_s}
    return Week(rows, list(_stretches(never)), list(_stretches(closed)))


def shade(amounts: Amounts) -> int:
    """Return how dark a cell is, 0 to STEPS; nothing used is 0."""
    return -int(-(amounts.occupancy or 0) * STEPS // 1)


def _stretches(hours: set[Hour]) -> Iterator[Stretch]:
    for weekday, hour in sorted(hours):
        if Hour(weekday, hour - 1) in hours:
            continue
        before = hour + 1
        while Hour(weekday, before) in hours:
            before += 1
        yield Stretch(weekday, hour, before)
