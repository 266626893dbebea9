"""Plants one house of the demo's city into its node, through the services that people use.

Four weeks behind today and two ahead: programme, bookings, opening hours, visits; behind those, a
year that only reports read. The same day and house always give the same records, but for their ids.
"""

import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo import (
    seed_bookings,
    seed_history,
    seed_hours,
    seed_people,
    seed_programme,
    seed_registration,
    seed_series,
    seed_spaces,
    seed_visits,
    seed_year,
)
from deploy.demo.city import HOUSES, TIME_ZONE
from deploy.demo.house import Group, House, Once, Weekly
from node.app import create_app
from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.centre import service as centre
from node.config import PREFIX, NodeConfig
from node.core.db import database
from node.core.privacy import registry
from node.opening_hours import service as opening_hours
from node.programme import series as programme_series
from node.programme import service as programme
from node.programme.service import EventEntry
from node.spaces import service as spaces
from node.spaces.service import SpaceEntry
from node.visits import service as visits
from shared.config import load
from shared.ids import new_id
from shared.records.bookings import Slot, SpaceTaken
from shared.records.opening_hours import HoursKind
from shared.records.visits import VisitKind
from shared.time import at_local, now, to_wire

WEEKS_BEHIND = 4
WEEKS_AHEAD = 2
ZONE = ZoneInfo(TIME_ZONE)
BY = "demo"
CLOSED_NOTE = "Teamtag"
TAPS_A_BATCH = 500
KINDS = (VisitKind.OPEN_MEETING, VisitKind.PROGRAMME, VisitKind.CONSULTATION, VisitKind.EVENT)
KIND_WEIGHTS = (50, 30, 12, 8)
GROUPS_ASKED = ("", "", "", "children", "seniors", "families")
BUSY_HOURS = {10: 1.2, 11: 1.3, 15: 1.4, 16: 1.6, 17: 1.4, 18: 1.1}


def plant(session: Session, house: House, at: datetime) -> None:
    """Write everything the house has. `at` is the instant that counts as now."""
    monday = at.astimezone(ZONE).date() - timedelta(days=at.astimezone(ZONE).weekday())
    first = monday - timedelta(weeks=WEEKS_BEHIND)
    last = monday + timedelta(weeks=WEEKS_AHEAD, days=6)
    _plant_profile(session, house)
    _plant_hours(session, house, monday)
    seed_hours.plant(session, house, at)
    rooms = _plant_rooms(session, house)
    for event in house.once:
        _plant_once(session, event, monday, rooms, at)
    for offer in house.weekly:
        entry = _entry(offer, first + timedelta(days=offer.weekday), rooms)
        series = programme_series.weekly_until(entry, last, ZONE)
        _made, outcome = programme_series.begin_series(session, series, {}, now=at, by=BY, publish=True)
        for failed in outcome.failed:
            _tell_not_held(offer.title, series.pattern.slot_on(failed.day))
    for group in house.groups:
        for week in range(WEEKS_BEHIND + WEEKS_AHEAD + 1):
            _plant_group(session, group, first + timedelta(weeks=week), rooms, at)
    seed_programme.plant(session, rooms, at, ZONE)
    seed_spaces.plant(session, house, rooms, at)
    seed_bookings.plant(session, house, rooms, at)
    seed_series.plant(session, house, rooms, at)
    seed_hours.plant_request(session, at, ZONE)
    seed_history.plant(session, house, first, at, ZONE)
    _plant_visits(session, house, monday, first, at)
    seed_visits.plant(session, house.id, at, ZONE)
    seed_registration.plant(session, at)
    seed_year.plant(session, house, rooms, first, at)
    seed_people.plant(session, at)


def _plant_profile(session: Session, house: House) -> None:
    latitude, longitude = house.position or (None, None)
    centre.keep_profile(
        session,
        centre.ProfileEntry(
            name=house.name,
            kind=house.kind,
            operator=house.operator,
            district=house.district,
            quarter=house.quarter,
            street=house.street,
            postcode=house.postcode,
            town="Duisburg",
            latitude=latitude,
            longitude=longitude,
            phone=house.phone,
            email=house.email,
            languages=house.languages,
            accessibility=house.accessibility,
            host_building=house.host_building,
            description=house.description,
            time_zone=TIME_ZONE,
        ),
    )


def _plant_hours(session: Session, house: House, monday: date) -> None:
    for kind, weekdays, opens, closes in house.hours:
        for weekday in weekdays:
            _add_hours(session, kind=kind, weekday=weekday, opens_local=opens, closes_local=closes)
    for day in house.closed_on:
        closed = monday + timedelta(days=day)
        _add_hours(session, kind=HoursKind.OPEN, valid_from=closed, valid_until=closed, closed=True, note=CLOSED_NOTE)


def _add_hours(session: Session, **said: Any) -> None:
    opening_hours.add_hours(session, opening_hours.HoursEntry(**said))


def _plant_rooms(session: Session, house: House) -> dict[str, str]:
    """Return the id of each room by its name."""
    rooms: dict[str, str] = {}
    for rank, room in enumerate(house.rooms):
        entry = SpaceEntry(
            name=room.name,
            kind=room.kind,
            parent_id=rooms[room.part_of] if room.part_of else None,
            capacity=room.capacity,
            accessibility=room.accessibility,
            buffer_before_min=room.buffer_min,
            buffer_after_min=room.buffer_min,
            bookable=room.bookable,
            rank=rank,
        )
        rooms[room.name] = spaces.add_space(session, entry).id
    return rooms


def _entry(said: Weekly | Once, day: date, rooms: dict[str, str]) -> EventEntry:
    return EventEntry(
        title=said.title,
        slot=_slot(day, said.start, said.end),
        kind=said.kind,
        summary=said.summary,
        theme=said.theme,
        target_groups=said.groups,
        languages=said.languages,
        accessibility=said.accessibility,
        cost_cents=said.cost_cents,
        organiser=said.organiser,
        attendance=getattr(said, "attendance", "on_site"),
        space_id=rooms[said.room],
    )


def _plant_once(session: Session, said: Once, monday: date, rooms: dict[str, str], at: datetime) -> None:
    entry = _entry(said, monday + timedelta(days=said.day), rooms)
    event = programme.create_event(session, entry, now=at, by=BY, publish=not said.draft)
    if said.cancelled_because:
        programme.cancel_event(session, event.id, said.cancelled_because, now=at, by=BY)


def _plant_group(session: Session, group: Group, monday: date, rooms: dict[str, str], at: datetime) -> None:
    """Book the group's room, unless the programme has it that week, as in life."""
    entry = BookingEntry(
        space_id=rooms[group.room],
        slot=_slot(monday + timedelta(days=group.weekday), group.start, group.end),
        kind=group.kind,
        title=group.title,
        contact_name=group.contact,
        persons=group.persons or None,
    )
    try:
        bookings.take_booking(session, entry, now=at, by=BY)
    except SpaceTaken:
        _tell_not_held(group.title, entry.slot)


def _tell_not_held(title: str, slot: Slot) -> None:
    """Say which date fell out because something else has the room, as in life."""
    print(f"    {slot.starts_at:%d.%m.} {title}: the room is taken")


def _plant_visits(session: Session, house: House, monday: date, first: date, at: datetime) -> None:
    chance = random.Random(f"{house.id} {monday}")
    closed = {monday + timedelta(days=day) for day in house.closed_on}
    taps = []
    for day in (first + timedelta(days=ahead) for ahead in range((at.astimezone(ZONE).date() - first).days + 1)):
        if day not in closed:
            taps += [tap for tap in _taps_of_day(house, day, chance) if tap["counted_at"] <= to_wire(at)]
    for start in range(0, len(taps), TAPS_A_BATCH):
        receipt = visits.record_taps(session, taps[start : start + TAPS_A_BATCH], at)
        assert not receipt.refused, receipt.refused


def _taps_of_day(house: House, day: date, chance: random.Random) -> Iterator[dict[str, Any]]:
    for kind, weekdays, opens, closes in house.hours:
        if kind == HoursKind.OPEN and day.weekday() in weekdays:
            for hour in range(int(opens[:2]), int(closes[:2])):
                expected = house.visitors_an_hour * BUSY_HOURS.get(hour, 0.8)
                for _visitor in range(max(0, round(chance.gauss(expected, expected / 3)))):
                    counted_at = at_local(day, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)
                    yield {
                        "id": new_id(),
                        "counted_at": to_wire(counted_at),
                        "kind": chance.choices(KINDS, KIND_WEIGHTS)[0],
                        "target_group": chance.choice(GROUPS_ASKED),
                        "step": 1,
                    }


def _slot(day: date, start: str, end: str) -> Slot:
    return Slot(at_local(day, time.fromisoformat(start), ZONE), at_local(day, time.fromisoformat(end), ZONE))


def main() -> None:
    """Plant the house of the node whose configuration is named."""
    config = load(NodeConfig, Path(sys.argv[1]), {}, PREFIX)
    house = next(house for house in HOUSES if house.id == config.centre_id)
    app, at = create_app(config), now()
    with app.app_context():
        with database().transaction() as session:
            plant(session, house, at)
        seed_people.first_daily_run(database(), registry(app), at)


if __name__ == "__main__":
    main()
