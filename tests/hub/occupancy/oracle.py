"""What the sums should be, found the slow way: a look at every quarter of an hour.

Written without anything of `hub.occupancy`; only the rule of opening hours is the shared one.
All times of a test have to be on a quarter of an hour.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bookings.models import Booking
from hub.centres.models import Centre
from hub.opening_hours.models import OpeningHours
from hub.spaces.models import Space, SpaceHours
from shared.records.opening_hours import ClosedOnHolidays, slots_on

STEP = timedelta(minutes=15)
Figures = dict[tuple[str, bool, str], tuple[int, ...]]


class Oracle:
    """Knows one house; `month` says what each of its spaces should have."""

    def __init__(self, session: Session, centre_id: str) -> None:
        def all_of(table: Any) -> Sequence[Any]:
            columns = list(table.__table__.columns)
            return session.execute(select(*columns).where(table.centre_id == centre_id).order_by(table.id)).all()

        centre = next(iter(all_of(Centre)), None)
        self.zone = ZoneInfo(centre.time_zone if centre else "Europe/Berlin")
        self.hours = list(all_of(OpeningHours))
        if self.hours and centre and centre.closed_on_holidays:
            self.hours.append(ClosedOnHolidays(centre.region))  # type: ignore[arg-type]
        self.spaces = {space.id: space for space in all_of(Space)}
        self.guest_hours = all_of(SpaceHours)
        self.bookings = [booking for booking in all_of(Booking) if booking.state == "confirmed"]
        self._slots = cache(
            lambda day: [s for s in slots_on(day, self.hours, self.zone) if s.kind in ("open", "consultation")]
        )

    def month(self, year: int, number: int) -> Figures:
        sums: dict[tuple[str, bool, str], list[Fraction]] = defaultdict(lambda: [Fraction()] * 4)
        at = datetime(year, number, 1, tzinfo=UTC) - timedelta(days=1)
        while at < datetime(year, number, 1, tzinfo=UTC) + timedelta(days=33):
            wall = at.astimezone(self.zone)
            if (wall.year, wall.month) == (year, number):
                there = [space for space in self.spaces if self._on_offer(space, wall.date())]
                for space in there:
                    key = (space, self._whole(space, there) is None, _part(wall))
                    for place, share in enumerate(self._state(space, there, at)):
                        sums[key][place] += share * int(STEP.total_seconds())
            at += STEP
        return {key: tuple(map(round, found)) for key, found in sums.items() if any(found)}

    def _state(self, space: str, there: list[str], at: datetime) -> list[Fraction]:
        parts = [each for each in there if self._whole(each, there) == space]
        if parts:
            of_parts = [self._state(part, there, at) for part in parts]
            return [sum(column, Fraction()) / len(parts) for column in zip(*of_parts, strict=True)]
        chain = {space, *self._above(space)}
        now = [b for b in self.bookings if b.space_id in chain and b.starts_at <= at < b.ends_at]
        blocked = any(b.kind == "blocked" for b in now)
        used = any(b.kind != "blocked" for b in now)
        planned = self._guest_open(space, at) if self.spaces[space].is_guest_space else self._open(at)
        offered = planned and not blocked
        return [Fraction(x) for x in (offered, used and offered, used and not offered, planned and blocked)]

    def _open(self, at: datetime) -> bool:
        today = at.astimezone(self.zone).date()
        days = (today - timedelta(days=1), today)
        return any(slot.starts_at <= at < slot.ends_at for day in days for slot in self._slots(day))

    def _guest_open(self, space: str, at: datetime) -> bool:
        wall = at.astimezone(self.zone)
        clock, today, yesterday = f"{wall:%H:%M}", wall.date(), wall.date() - timedelta(days=1)
        for row in self.guest_hours:
            if row.space_id != space:
                continue
            over_night = row.closes_local <= row.opens_local
            if _valid(row, today) and row.opens_local <= clock and (over_night or clock < row.closes_local):
                return True
            if over_night and _valid(row, yesterday) and clock < row.closes_local:
                return True
        return False

    def _above(self, space: str) -> list[str]:
        found: list[str] = []
        at = self.spaces[space].parent_id
        while at in self.spaces and at not in found:
            found.append(at)
            at = self.spaces[at].parent_id
        return found

    def _whole(self, space: str, there: list[str]) -> str | None:
        return next((each for each in self._above(space) if each in there), None)

    def _on_offer(self, space: str, day: date) -> bool:
        born = datetime.fromtimestamp(int(space.replace("-", "")[:12], 16) / 1000, UTC).astimezone(self.zone).date()
        own = [booking for booking in self.bookings if booking.space_id == space]
        since = min([born, *(booking.starts_at.astimezone(self.zone).date() for booking in own)])
        if self.spaces[space].bookable:
            return since <= day
        lasts = [(booking.ends_at - timedelta(seconds=1)).astimezone(self.zone).date() for booking in own]
        return since <= day <= max(lasts, default=date.min)


def _valid(row: Any, day: date) -> bool:
    weekday = row.weekday is None or row.weekday == day.weekday()
    return weekday and (row.valid_from or date.min) <= day <= (row.valid_until or date.max)


def _part(wall: datetime) -> str:
    day = wall.date() if wall.hour >= 6 else wall.date() - timedelta(days=1)
    name = "morning" if 6 <= wall.hour < 12 else "afternoon" if 12 <= wall.hour < 18 else "evening"
    return f"weekend_{name}" if day.weekday() >= 5 else name
