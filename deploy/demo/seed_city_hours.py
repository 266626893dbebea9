"""What the demo knows of holidays and of what the city expects: facts of North Rhine-Westphalia.

The school holidays are those of 2026/27 as the land's ministry of schools has set them.
"""

from datetime import date

from sqlalchemy.orm import Session

from hub.holidays import service as city_holidays
from hub.holidays.service import HolidayEntry
from hub.norm import service as city_norm
from shared.records.holidays import CityHolidayKind
from shared.records.norms import Norm

SCHOOL_HOLIDAYS = (
    ("Herbstferien", "Autumn holidays", date(2026, 10, 17), date(2026, 10, 31)),
    ("Weihnachtsferien", "Christmas holidays", date(2026, 12, 23), date(2027, 1, 6)),
    ("Osterferien", "Easter holidays", date(2027, 3, 22), date(2027, 4, 3)),
    ("Pfingstferien", "Whitsun holidays", date(2027, 5, 18), date(2027, 5, 18)),
    ("Sommerferien", "Summer holidays", date(2027, 7, 19), date(2027, 8, 31)),
)
SPECIAL_DAYS = (
    ("Weiberfastnacht", "Carnival Thursday", date(2027, 2, 4), date(2027, 2, 4)),
    ("Rosenmontag", "Carnival Monday", date(2027, 2, 8), date(2027, 2, 8)),
)


def plant(session: Session) -> None:
    """Write the city's holidays and its opening norm, at the hub."""
    for kind, listed in ((CityHolidayKind.SCHOOL, SCHOOL_HOLIDAYS), (CityHolidayKind.SPECIAL, SPECIAL_DAYS)):
        for name_de, name_en, first_day, last_day in listed:
            days = {"first_day": first_day, "last_day": last_day}
            city_holidays.add_holiday(session, HolidayEntry(name_de=name_de, name_en=name_en, kind=kind, **days))
    city_norm.keep_norm(session, Norm())
