"""School holidays and special days of the city. Written here; travel to every node."""

from hub.core.db import Base
from shared.records.holidays import HolidayColumns


class CityHoliday(HolidayColumns, Base):
    pass
