"""What the city knows of a house's opening hours."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from hub.centres.models import Centre
from hub.opening_hours import queries
from hub.opening_hours.models import OpeningHours
from shared.database import Database
from shared.ids import new_id
from shared.records.opening_hours import slots_on

ZONE = ZoneInfo("Europe/Berlin")
NEW_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize("closed", [True, False])
def test_the_city_evaluates_a_house_s_rule_of_holidays_itself(database: Database, closed: bool) -> None:
    """The house sends that it is closed on them, never the days."""
    with database.transaction() as session:
        profile = {"name": "Haus", "kind": "stadtteilzentrum", "district": "Mitte", "closed_on_holidays": closed}
        session.add(Centre(centre_id="haus", id=new_id(), **profile))
        hours = {"kind": "open", "opens_local": "10:00", "closes_local": "18:00"}
        session.add(OpeningHours(centre_id="haus", id=new_id(), **hours))
    with database.reading() as session:
        found = queries.hours_of(session, "haus")
    assert bool(slots_on(NEW_YEAR, found, ZONE)) is not closed
    assert slots_on(date(2027, 1, 4), found, ZONE)


def test_a_house_without_hours_has_none(database: Database) -> None:
    """The rule alone is not opening hours."""
    with database.transaction() as session:
        profile = {"name": "Haus", "kind": "stadtteilzentrum", "district": "Mitte", "closed_on_holidays": True}
        session.add(Centre(centre_id="haus", id=new_id(), **profile))
    with database.reading() as session:
        assert queries.hours_of(session, "haus") == []
