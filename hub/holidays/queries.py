"""What other rooms ask about holidays: those of a stretch of days, by law and by the city's word."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.holidays.models import CityHoliday
from shared.records.holidays import HOME_REGION, Holiday, HolidayKind, public_holidays


def holidays_between(
    session: Session, first: date, last: date, region: str = HOME_REGION, *, language: str = "de"
) -> list[Holiday]:
    """Return the holidays that touch [first, last], both included, by their first day."""
    kept = select(CityHoliday).where(CityHoliday.first_day <= last, CityHoliday.last_day >= first)
    found = [*public_holidays(first, last, region, language)]
    for row in session.scalars(kept):
        name = (row.name_de if language == "de" else row.name_en) or row.name_de
        found.append(Holiday(name, row.first_day, row.last_day, HolidayKind(row.kind)))
    return sorted(found, key=lambda holiday: (holiday.first_day, holiday.last_day, holiday.kind, holiday.name))
