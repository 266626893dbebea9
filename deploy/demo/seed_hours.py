"""What the demo's houses say of holidays, and a request for a room that came over the public page."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from deploy.demo.house import House
from node.centre import service as centres
from node.holidays import service as holidays
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from node.requests import drafts, rooms
from node.requests import service as requests
from node.requests.answers import ANY_ROOM, Answers
from shared.records.bookings import Slot
from shared.records.holidays import HOME_REGION
from shared.time import at_local

AWAY = {"alt-hamborn", "rheinhausen"}  # the third house stays open between the years
FEAST_IN_DAYS = 19


def plant(session: Session, house: House, at: datetime) -> None:
    """Write the rule of public holidays, a closure between the years, and a day of the house."""
    centres.keep_holiday_rule(session, closed_on_holidays=True, region=HOME_REGION)
    if house.id in AWAY:
        first, last = date(at.year, 12, 28), date(at.year, 12, 30)
        away = HoursEntry(closed=True, valid_from=first, valid_until=last, note="Betriebsferien")
        opening_hours.add_hours(session, away)
    feast = at.date() + timedelta(days=FEAST_IN_DAYS)
    holidays.add_house_day(session, "Nachbarschaftsfest", feast, feast)


def plant_request(session: Session, at: datetime, zone: ZoneInfo) -> None:
    """Let somebody ask for the smallest room that is free on a Saturday in three weeks."""
    today = at.astimezone(zone).date()
    saturday = today + timedelta(days=19 + (5 - (today + timedelta(days=19)).weekday()) % 7)
    slot = Slot(at_local(saturday, time(14), zone), at_local(saturday, time(18), zone))
    free = rooms.fitting(session, slot, 15, "", zone=zone, now=at)
    if not free:
        return
    answers = {
        "raum": ANY_ROOM,
        "vorschlag": free[0].space.id,
        "tag": saturday.isoformat(),
        "von": "14:00",
        "bis": "18:00",
        "personen": "15",
        "name": "N. Aydın",
        "telefon": "0203 5550142",
        "nachricht": "Wir bringen Kuchen mit und räumen selbst auf.",
    }
    title = "Familienfeier, 70. Geburtstag"
    requests.send_request(session, Answers(answers), drafts.new_key(), title, zone, now=at)
