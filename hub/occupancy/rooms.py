"""Where there is still room: spaces that are open in the evening or at the weekend, and free then."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from hub.occupancy import queries
from hub.occupancy.adding import NOTHING, Amounts
from hub.occupancy.desk import Desk, House
from hub.occupancy.offer import Span
from hub.occupancy.parts import EVENINGS_AND_WEEKENDS, WEEKENDS
from hub.occupancy.queries import SpaceFacts
from hub.reports.periods import Period

WEEK_DAYS = 7


class FreeRoom(NamedTuple):
    """A space and its time on weekday evenings and at weekends; `weeks` is how long it was on offer."""

    house: House
    facts: SpaceFacts
    evening: Amounts
    weekend: Amounts
    weeks: float

    @property
    def evening_free_s(self) -> float:
        """Free seconds on the evenings of an average week."""
        return self.evening.free_s / self.weeks

    @property
    def weekend_free_s(self) -> float:
        return self.weekend.free_s / self.weeks

    @property
    def free_s(self) -> float:
        return self.evening_free_s + self.weekend_free_s


def free_rooms(desk: Desk) -> list[FreeRoom]:
    """Return the spaces that have free time then, those with most of it first.

    Only what can be booked now: a planner looks for room that is there.
    """
    kind, seats = desk.form.asked("kind"), desk.form.asked("seats") or 0
    rooms = []
    evenings, weekends = _sums(desk)
    for facts in queries.spaces(desk.session, desk.centre_ids):
        fits = facts.bookable and kind in (None, facts.kind) and facts.capacity >= seats
        days = days_on_offer(facts.span, desk.period)
        if not fits or not days:
            continue
        key = (facts.centre_id, facts.space_id)
        house = desk.known.get(facts.centre_id) or House(facts.centre_id, facts.centre_id)
        room = FreeRoom(
            house, facts, evenings.get(key, NOTHING), weekends.get(key, NOTHING), max(1.0, days / WEEK_DAYS)
        )
        if room.free_s > 0:
            rooms.append(room)
    return sorted(rooms, key=lambda room: (-room.free_s, room.house.name.casefold(), room.facts.name.casefold()))


def days_on_offer(span: Span, period: Period) -> int:
    """Return on how many days of a period a space was on offer."""
    first, before = (month.first_day for month in (period.first, period.last.plus(1)))
    return max(0, (min(span.before, before) - max(span.first, first)).days)


def first_days(spaces: Iterable[SpaceFacts], period: Period) -> list[tuple[str, date]]:
    """Return the spaces that count from a day within the period only: their names and that day."""
    begins = period.first.first_day
    return [(facts.name, facts.span.first) for facts in spaces if begins < facts.span.first < facts.span.before]


def _sums(desk: Desk) -> tuple[dict[tuple[str, str], Amounts], dict[tuple[str, str], Amounts]]:
    """Return the time of each space on weekday evenings, and at weekends; no hour is in both."""
    evenings: dict[tuple[str, str], Amounts] = {}
    weekends: dict[tuple[str, str], Amounts] = {}
    for found in queries.sums_of_spaces(desk.session, desk.period, desk.centre_ids, EVENINGS_AND_WEEKENDS):
        sums = weekends if found.part in WEEKENDS else evenings
        key = (found.centre_id, found.space_id)
        sums[key] = sums.get(key, NOTHING).plus(found.amounts)
    return evenings, weekends
