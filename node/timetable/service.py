"""Who uses which space in a week: for staff with titles, for everybody without anything private.

Rule: what the public sees has the titles of published events and else says only that a space
is taken: no kind, no title, no name of a booking.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.programme import service as programme
from node.spaces import service as spaces
from node.spaces.models import Space
from node.timetable.week import Use, Week, lay_out, monday_of
from shared.records.bookings import BookingKind, Slot
from shared.records.space_hours import free_between
from shared.records.spaces import PRIVATE_KINDS
from shared.time import at_local, local_day

WEEKS_LOOKED_AT = 5  # for an ordinary week: long enough to tell what comes again
WEEKS_LEAST = 2  # what takes place in fewer of them is no habit


class Habit(NamedTuple):
    """What makes two bookings the same thing in two weeks: place, weekday, wall times, what for."""

    space_id: str
    weekday: int
    starts: time
    ends: time
    nights: int
    title: str
    kind: str

    @classmethod
    def of(cls, booking: Booking, zone: ZoneInfo) -> "Habit":
        starts, ends = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
        nights = (ends.date() - starts.date()).days
        said = (booking.title, booking.kind)
        return cls(booking.space_id, starts.weekday(), starts.time(), ends.time(), nights, *said)

    def in_week(self, monday: date, zone: ZoneInfo, weeks: int) -> Use:
        """Return the habit as a use in the week of `monday`."""
        day = monday + timedelta(days=self.weekday)
        starts_at = at_local(day, self.starts, zone)
        ends_at = at_local(day + timedelta(days=self.nights), self.ends, zone)
        return Use(self.space_id, starts_at, ends_at, self.title, self.kind, weeks=weeks)


def week_of_house(session: Session, day: date, zone: ZoneInfo) -> Week:
    """Return the week that `day` lies in, as staff see it. Two queries."""
    monday = monday_of(day)
    booked = bookings.bookings_between(session, _span(monday, 1, zone))
    return lay_out(monday, spaces.list_spaces(session), [_use(booking) for booking in booked], zone)


def public_week(session: Session, day: date, zone: ZoneInfo) -> Week:
    """Return the week that `day` lies in, as everybody may see it. Three queries."""
    monday = monday_of(day)
    within = _span(monday, 1, zone)
    titles = {event.id: event.title for event in programme.published_between(session, *within)}
    shown = [space for space in spaces.list_spaces(session) if space.kind not in PRIVATE_KINDS]
    uses = [_public_use(booking, titles) for booking in bookings.bookings_between(session, within)]
    return _without_hidden(lay_out(monday, shown, uses, zone), shown)


def ordinary_week(session: Session, now: datetime, zone: ZoneInfo) -> Week:
    """Return what comes again: in at least two of five weeks, this one and the next four, at the same time."""
    monday = monday_of(now.astimezone(zone).date())
    booked = bookings.bookings_between(session, _span(monday, WEEKS_LOOKED_AT, zone))
    found: dict[Habit, set[date]] = {}
    for booking in booked:
        week = monday_of(booking.starts_at.astimezone(zone).date())
        found.setdefault(Habit.of(booking, zone), set()).add(week)
    uses = [habit.in_week(monday, zone, len(weeks)) for habit, weeks in found.items() if len(weeks) >= WEEKS_LEAST]
    return lay_out(monday, spaces.list_spaces(session), uses, zone)


def hours_of_guest(session: Session, space: Space, days: Sequence[date], zone: ZoneInfo) -> tuple[Slot, ...] | None:
    """Return when a guest space is the house's within `days`; None if it is the house's own. At most three queries."""
    line = spaces.with_wholes(session, space)
    if not any(each.is_guest_space for each in line):
        return None
    hours = spaces.hours_of(session, [each.id for each in line])
    return free_between(days[0] - timedelta(days=1), days[-1], hours, zone)


def coming_in(session: Session, space: Space, now: datetime, days: int) -> list[Booking]:
    """Return the bookings of a space, its parts or its whole that end within the next `days`."""
    parts = {space_id: set(leaves) for space_id, leaves in spaces.parts_by_space(spaces.list_spaces(session)).items()}
    booked = bookings.bookings_of_day(session, Slot(now, now + timedelta(days=days)))
    return [one for one in booked if parts[space.id] & parts.get(one.space_id, {one.space_id})]


def _span(monday: date, weeks: int, zone: ZoneInfo) -> Slot:
    return Slot(local_day(monday, zone)[0], local_day(monday + timedelta(weeks=weeks), zone)[0])


def _use(booking: Booking) -> Use:
    return Use(booking.space_id, booking.starts_at, booking.ends_at, booking.title, booking.kind, booking.id)


def _public_use(booking: Booking, titles: dict[str, str]) -> Use:
    title = titles.get(booking.event_id or "", "")
    return Use(booking.space_id, booking.starts_at, booking.ends_at, title, BookingKind.PROGRAMME if title else "")


def _without_hidden(week: Week, shown: Sequence[Space]) -> Week:
    """Leave the uses of spaces that are not shown out of the lists of the days."""
    known = {space.id for space in shown}
    return Week(week.days, week.rows, tuple(tuple(p for p in day if p.use.space_id in known) for day in week.by_day))
