"""The week and the day of the city over the hours of the clock; a phone and a printer show them as lists."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.calendar import grids, queries
from hub.calendar.grids import Column
from hub.calendar.views import pages, told
from hub.calendar.wishes import Step, Wish, address, frame, moved, read_wish
from hub.centres import queries as centre_queries
from hub.city import queries as city_queries
from hub.core.db import reading
from shared.time import local_day, now
from shared.web import zone

Found = Mapping[tuple[date, int], tuple[int, Sequence[Any]]]
DAY_ROWS_MAX = 5_000  # up to here a day is parted by districts; a city with more has one column


@pages.get("/woche")
def week() -> str:
    """Show a week: its days side by side."""
    at = now()
    with reading() as session:
        form, wish = read_wish(session, at)
        days = grids.week_of(wish.day)
        found = _found(session, wish, days, grids.ROOM_IN_WEEK, at_once_max=queries.MONTH_ROWS_MAX)
        columns = grids.days(days, found, _lasting(session, wish, days), zone(), grids.ROOM_IN_WEEK)
        return render_template(
            "calendar/week.html",
            **frame(session, form, wish, at),
            days=days,
            columns=columns,
            hours=grids.hours_used(columns),
            number=sum(number for number, _ in found.values()),
            told=told(session, [event for each in columns for event in each.events]),
            steps_of=_steps("calendar.week", wish, grids.DAYS_OF_WEEK),
        )


@pages.get("/tag")
def day() -> str:
    """Show a day: the parts of the city side by side."""
    at = now()
    with reading() as session:
        form, wish = read_wish(session, at)
        found = _found(session, wish, [wish.day], grids.ROOM_IN_DAY, at_once_max=DAY_ROWS_MAX)
        (whole,) = grids.days([wish.day], found, _lasting(session, wish, [wish.day]), zone(), grids.ROOM_IN_DAY)
        columns = _parts(session, wish, found) or [whole]
        return render_template(
            "calendar/day.html",
            **frame(session, form, wish, at),
            day=wish.day,
            whole=whole,
            columns=columns,
            hours=grids.hours_used(columns),
            told=told(session, [*whole.going_on, *(event for each in columns for event in each.events)]),
            steps_of=_steps("calendar.day", wish, 1),
        )


def _found(session: Session, wish: Wish, days: list[date], room: int, at_once_max: int) -> Found:
    return queries.by_hour(session, wish.filters, days, zone(), shown=room, at_once_max=at_once_max)


def _lasting(session: Session, wish: Wish, days: list[date]) -> Sequence[Any]:
    starts, ends = local_day(days[0], zone())[0], local_day(days[-1], zone())[1]
    return queries.lasting(session, wish.filters, starts, ends)


def _parts(session: Session, wish: Wish, found: Found) -> list[Column]:
    """Return the day by district, within a district by quarter; nothing where that parts nothing."""
    filters = wish.filters
    if filters.centre or filters.quarter or any(number > len(rows) for number, rows in found.values()):
        return []
    rows = [row for _, (_, rows) in sorted(found.items()) for row in rows]
    if filters.district:
        order = [part.quarter for part in city_queries.quarters(session, filters.district)]
    else:
        order = city_queries.districts(session)
    return grids.parts(rows, _part_of(session, by_quarter=bool(filters.district)), order, zone())


def _part_of(session: Session, *, by_quarter: bool) -> Mapping[str, str]:
    houses = centre_queries.positions(session)
    return {house.centre_id: house.quarter if by_quarter else house.district for house in houses}


def _steps(endpoint: str, wish: Wish, days: int) -> tuple[Step, Step, Step]:
    """Return the ways back, to today and on."""
    by_week = days == grids.DAYS_OF_WEEK
    labels = (
        (gettext("Previous week"), gettext("This week"), gettext("Next week"))
        if by_week
        else (gettext("Day before"), gettext("Today"), gettext("Day after"))
    )
    targets = (moved(wish.day, -days), wish.today, moved(wish.day, days))
    back, here, on = (
        Step(label, address(endpoint, wish.filters, tag=target.isoformat()))
        for label, target in zip(labels, targets, strict=True)
    )
    return back, here, on
