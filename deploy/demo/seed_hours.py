"""What the demo's houses say of holidays: closed on public ones, away between the years, a feast of their own."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from deploy.demo.house import House
from node.centre import service as centres
from node.holidays import service as holidays
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from shared.records.holidays import HOME_REGION

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
