"""The year of counting that lies behind the demo's city, so that its reports look like a real one's.

Hours and days as a house has them that counted all year: a quiet summer, two weeks closed, days on
which nobody counted, afternoons that are missing, and a correction. Single taps are not planted:
no house keeps more of last year than its hours. The days of the last weeks come from `seed`.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo.house import House
from node.visits import service as visits
from node.visits.counts import HourKey
from node.visits.models import HourCount, VisitDay
from shared.records.opening_hours import HoursKind
from shared.records.visit_days import DayState
from shared.records.visits import VisitKind
from shared.time import at_local, local_day, to_wire

MONTHS_BEHIND = 14  # the running month a year ago, and one before it
SEASON = (0.9, 1.0, 1.05, 1.0, 1.0, 0.9, 0.6, 0.65, 1.0, 1.1, 1.15, 0.8)  # January to December
SUMMER_BREAK = ((7, 20), (8, 2))
FEASTS = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26), (12, 31))
NOT_COUNTED_SHARE, PARTLY_SHARE = 0.03, 0.04
BUSY_FROM = 15  # children and families come after school
CORRECTED_WEEKS_AGO = 6
BY = "Empfang"


def plant(session: Session, house: House, first: date, at: datetime, zone: ZoneInfo) -> None:
    """Write the hours and days before `first`, the day on which the planted taps begin."""
    chance = random.Random(f"history {house.id} {first}")
    day = first_day(first)
    while day < first:
        session.add_all(_day(house, day, chance, zone))
        day += timedelta(days=1)
    session.flush()
    _correct(session, house, first - timedelta(weeks=CORRECTED_WEEKS_AGO), at, zone)


def first_day(first: date) -> date:
    """Return the day on which everything begins that is planted before `first`."""
    months = first.year * 12 + first.month - 1 - MONTHS_BEHIND
    return date(months // 12, months % 12 + 1, 1)


def is_closed(day: date) -> bool:
    """Tell whether it is a feast, or the summer break."""
    summer = SUMMER_BREAK[0] <= (day.month, day.day) <= SUMMER_BREAK[1]
    return summer or (day.month, day.day) in FEASTS


def _day(house: House, day: date, chance: random.Random, zone: ZoneInfo) -> Iterator[HourCount | VisitDay]:
    """Yield the record of a day and its counted hours."""
    hours = _open_hours(house, day)
    dice = chance.random()
    state, complete, until = DayState.COUNTED, True, 24
    if not hours:
        state, complete = DayState.CLOSED, False
    elif dice < NOT_COUNTED_SHARE:
        state, complete, until = DayState.NOT_COUNTED, False, 0
    elif dice < NOT_COUNTED_SHARE + PARTLY_SHARE:
        complete, until = False, hours[len(hours) // 2]
    starts_at, ends_at = local_day(day, zone)
    instants = tuple(to_wire(at_local(day, time(hour), zone)) for hour in hours)
    reason = "Theke nicht besetzt" if state == DayState.NOT_COUNTED else ""
    yield VisitDay(
        day=day, state=state, complete=complete, starts_at=starts_at, ends_at=ends_at, open_hours=instants,
        reason=reason, said_by=BY if reason else "", said_at=ends_at if reason else None,
    )  # fmt: skip
    for hour in hours:
        if hour < until:
            yield from _hour(house, day, hour, chance, zone)


def _hour(house: House, day: date, hour: int, chance: random.Random, zone: ZoneInfo) -> Iterator[HourCount]:
    expected = house.visitors_an_hour * SEASON[day.month - 1] * (1.4 if hour >= BUSY_FROM else 0.8)
    total = max(0, round(chance.gauss(expected, expected / 4)))
    group = chance.choice(("children", "families") if hour >= BUSY_FROM else ("seniors", ""))
    consulted = chance.randrange(3) if hour < BUSY_FROM else 0
    parts = (
        (VisitKind.OPEN_MEETING, "", total * 6 // 10),
        (VisitKind.PROGRAMME, group, total - total * 6 // 10),
        (VisitKind.CONSULTATION, "", consulted),
    )
    starts_at = at_local(day, time(hour), zone)
    for kind, whom, count in parts:
        if count:
            yield HourCount(hour_starts_at=starts_at, kind=kind, target_group=whom, count=count)


def _open_hours(house: House, day: date) -> list[int]:
    if is_closed(day):
        return []
    hours = {
        hour
        for kind, weekdays, opens, closes in house.hours
        if kind == HoursKind.OPEN and day.weekday() in weekdays
        for hour in range(int(opens[:2]), int(closes[:2]))
    }
    return sorted(hours)


def _correct(session: Session, house: House, day: date, at: datetime, zone: ZoneInfo) -> None:
    """A figure that the paper list at the counter knew better."""
    while not (hours := _open_hours(house, day)):
        day -= timedelta(days=1)
    key = HourKey(at_local(day, time(hours[0]), zone), VisitKind.OPEN_MEETING, "")
    visits.correct_count(session, key, 12, at, reason="Laut Liste der Theke", corrected_by=BY)
