"""Counting in the demo: days judged and answered, buttons of a house's own, a sensor, a locked month.

The taps themselves are planted by `seed`; this comes after them.
"""

import json
import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.sensors import service as sensors
from node.sensors.service import SensorEntry
from node.visits import buttons, days, locks
from node.visits import service as visits
from node.visits.days import Statement
from shared.ids import new_id
from shared.records.visit_days import DayState
from shared.records.visits import VisitKind
from shared.time import at_local, to_wire

WITH_SENSOR = "hochfeld"  # the busiest house has a light barrier and a lead who locks months
SENSOR_DAYS = 3
BY = "Empfang"
LEAD = "Leitung"


def plant(session: Session, house_id: str, at: datetime, zone: ZoneInfo) -> None:
    """Write what a house says about its counting. `at` is the instant that counts as now."""
    days.settle(session, at, zone)
    _answer_all_but_the_latest(session, at, zone)
    if house_id == WITH_SENSOR:
        _plant_buttons(session)
        _plant_sensor(session, at, zone)
        _plant_lock(session, at, zone)


def _answer_all_but_the_latest(session: Session, at: datetime, zone: ZoneInfo) -> None:
    """Days that nobody counted have a reason, as in a house that is asked every morning; the last one is open."""
    today = at.astimezone(zone).date()
    silent = [
        row.day
        for row in days.list_days(session, today - timedelta(weeks=5), today)
        if row.state == DayState.NOT_COUNTED
    ]
    for day in silent[:-1]:
        reason = "Theke wegen Krankheit nicht besetzt"
        days.say(session, day, Statement.NOT_COUNTED, by=BY, now=at, zone=zone, reason=reason)


def _plant_buttons(session: Session) -> None:
    """The café of the house has its own name; homework help counts with one touch."""
    first, *_ = buttons.own_buttons(session)
    buttons.change_button(session, first.id, VisitKind.OPEN_MEETING, label="Café")
    buttons.add_button(session, VisitKind.PROGRAMME, "children", "Hausaufgabenhilfe")


def _plant_sensor(session: Session, at: datetime, zone: ZoneInfo) -> None:
    """A light barrier at the main door that sends every hour, and one message that it got wrong."""
    entry = SensorEntry(
        name="Haupteingang", door="Windfang", kind=VisitKind.OPEN_MEETING, direction="both_halved", percent=90
    )
    door = sensors.add_sensor(session, "haupteingang", entry, now=at - timedelta(days=SENSOR_DAYS))
    chance = random.Random(_seed_of(at))
    today = at.astimezone(zone).date()
    messages: list[dict[str, object]] = []
    for back in range(SENSOR_DAYS, -1, -1):
        for hour in range(9, 19):
            counted_at = at_local(today - timedelta(days=back), time(hour, 55), zone)
            if counted_at <= at:
                passed = chance.randrange(2, 20)
                number = f"{door.key}-{len(messages):06}"
                said = {"id": number, "counted_at": to_wire(counted_at), "in": passed, "out": passed - 1}
                messages.append(said)
    sensors.take_body(session, door, json.dumps(messages).encode(), "http", now=at)
    sensors.take_body(session, door, b'{"id": "haupteingang-x", "in": "viele"}', "http", now=at)


def _plant_lock(session: Session, at: datetime, zone: ZoneInfo) -> None:
    """Last month is reported; a tablet from the youth room sent its counts after that."""
    today = at.astimezone(zone).date()
    last_day = today.replace(day=1) - timedelta(days=1)
    locks.lock_month(session, last_day.replace(day=1), at, zone, by=LEAD)
    late = at_local(last_day, time(16, 20), zone)
    taps = [
        {"id": new_id(), "counted_at": to_wire(late), "kind": "programme", "target_group": "youth", "step": step}
        for step in (5, 1, 1)
    ]
    receipt = visits.record_taps(session, taps, at)
    assert len(receipt.set_aside) == len(taps), receipt


def _seed_of(at: datetime) -> str:
    """Return what chance is drawn from: the same day always gives the same figures."""
    return f"{WITH_SENSOR} {at:%Y-%m-%d}"
