"""Series of bookings in a demo house: a meeting every week, and one every month with a date that is missing.

Everything is invented. Planted after the other bookings, so that some of its dates are taken.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo.city import TIME_ZONE
from deploy.demo.house import House
from node.bookings import series
from node.bookings import service as bookings
from node.bookings.series import SeriesEntry
from node.bookings.service import BookingEntry
from node.series.recurrence import Pattern, expand
from node.series.rule import Frequency, Rule, Weekday
from shared.records.bookings import BookingKind, Slot
from shared.records.holidays import HolidayKind

ZONE = ZoneInfo(TIME_ZONE)
BY = "demo"
WEEKLY = Rule(frequency=Frequency.WEEKLY, weekdays=(Weekday(0),), count=12)
MONTHLY = Rule(frequency=Frequency.MONTHLY, weekdays=(Weekday(2, 2),), count=8)  # every second Wednesday
SKIPS = (HolidayKind.PUBLIC, HolidayKind.HOUSE, HolidayKind.SPECIAL)


def plant(session: Session, house: House, rooms: Mapping[str, str], at: datetime) -> None:
    """Begin two series tomorrow. `at` is the instant that counts as now."""
    usable = sorted((room for room in house.rooms if room.bookable), key=lambda room: room.capacity)
    early, late = _pattern(WEEKLY, time(8, 15), 45, at), _pattern(MONTHLY, time(19, 30), 90, at)
    team = _entry(early, rooms[usable[0].name], "Teambesprechung")
    series.begin_series(session, team, {}, now=at, by=BY)
    tenants = _entry(late, rooms[usable[-1].name], "Mieterrat im Quartier", "Ilse Wegner")
    _take_one(session, tenants, at)
    series.begin_series(session, tenants, {}, now=at, by=BY)


def _pattern(rule: Rule, starts: time, minutes: int, at: datetime) -> Pattern:
    first = datetime.combine(at.astimezone(ZONE).date() + timedelta(days=1), starts)
    return Pattern(rule, first, first + timedelta(minutes=minutes), ZONE).settled()


def _entry(pattern: Pattern, space_id: str, title: str, contact: str = "") -> SeriesEntry:
    said = BookingEntry(
        space_id=space_id,
        slot=pattern.slot_on(pattern.starts.date()),
        kind=BookingKind.INTERNAL,
        title=title,
        contact_name=contact,
    )
    return SeriesEntry(pattern=pattern, said=said, skips=SKIPS)


def _take_one(session: Session, entry: SeriesEntry, at: datetime) -> None:
    """Let somebody else have the hall on the third date."""
    dates = [each.slot for each in expand(entry.pattern) if each.slot is not None]
    early = timedelta(hours=1)
    slot = Slot(dates[2].starts_at - early, dates[2].ends_at + early)
    taken = BookingEntry(space_id=entry.said.space_id, slot=slot, kind=BookingKind.INTERNAL, title="Filmabend")
    bookings.take_booking(session, taken, now=at, by=BY)
