"""What the city says of holidays and hours reaches a house over a real broker, and the house's rule the city."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.holidays import service as city_holidays
from hub.holidays.service import HolidayEntry
from hub.norm import service as city_norm
from hub.opening_hours import queries
from node.centre import service as centres
from node.centre.service import ProfileEntry
from node.holidays import service as holidays
from node.norm import service as norm
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from shared.broker import EmbeddedBroker
from shared.records.norms import Norm
from shared.records.opening_hours import slots_on
from tests.linked import linked_pair, within

ZONE = ZoneInfo("Europe/Berlin")
WHITSUN = date(2027, 5, 18)
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


def test_holidays_and_the_norm_go_down_and_the_rule_comes_up(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """The house knows the city's days and figures, and loses a day that the city removes; the city knows New Year."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        with hub_half.database.transaction() as session:
            entry = HolidayEntry(name_de="Pfingstferien", first_day=WHITSUN, last_day=WHITSUN)
            holiday = city_holidays.add_holiday(session, entry)
            session.flush()
            holiday_id = holiday.id
            city_norm.keep_norm(session, Norm(days_min=4, hours_min=30))
        with centre.database.transaction() as session:
            centres.keep_profile(session, ProfileEntry(name="Stadtteilbüro", district="Hamborn"))
            centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")
            opening_hours.add_hours(session, HoursEntry(opens_local="10:00", closes_local="18:00"))

        def known() -> list[str]:
            with centre.database.reading() as session:
                return [one.name for one in holidays.holidays_between(session, WHITSUN, WHITSUN)]

        def expected() -> Norm:
            with centre.database.reading() as session:
                return norm.norm(session)

        def open_at_the_city(day: date) -> bool | None:
            with hub_half.database.reading() as session:
                hours = queries.hours_of(session, centre.id)
                return bool(slots_on(day, hours, ZONE)) if hours else None

        within(30, lambda: known() == ["Pfingstferien"])
        within(30, lambda: expected() == Norm(days_min=4, hours_min=30))
        within(30, lambda: open_at_the_city(WHITSUN) is True and open_at_the_city(NEW_YEAR) is False)
        with hub_half.database.transaction() as session:
            city_holidays.remove_holiday(session, holiday_id)
        within(30, lambda: known() == [])
