"""Where there is still room: spaces that are open in the evening or at the weekend, and free then."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from hub.network import queries as network
from hub.occupancy import queries
from hub.occupancy.adding import NOTHING, Amounts
from hub.occupancy.desk import Desk, House
from hub.occupancy.offer import Span
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

    Only what can be booked now, in houses of the network: a planner looks for room that is there.
    """
    kind, seats = desk.form.asked("kind"), desk.form.asked("seats") or 0
    rooms = []
    sums = queries.evenings_and_weekends(desk.session, desk.period, desk.centre_ids)
    gone = network.revoked(desk.session)
    for facts in queries.spaces(desk.session, desk.centre_ids):
        fits = facts.bookable and facts.centre_id not in gone and kind in (None, facts.kind) and facts.capacity >= seats
        days = days_on_offer(facts.span, desk.period)
        if not fits or not days:
            continue
        evening, weekend = sums.get((facts.centre_id, facts.space_id), (NOTHING, NOTHING))
        house = desk.known.get(facts.centre_id) or House(facts.centre_id, facts.centre_id)
        room = FreeRoom(house, facts, evening, weekend, max(1.0, days / WEEK_DAYS))
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
