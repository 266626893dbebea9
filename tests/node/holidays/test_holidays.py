"""Which days are holidays in this house."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from node.core.accounts import Role
from node.holidays import service
from node.holidays.models import CityHoliday
from node.holidays.service import HouseDayUnknown, holidays_between
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from shared.database import Database
from shared.records.holidays import HolidayBackwards, HolidayKind, HolidayTooLong
from shared.time import now

CHRISTMAS = {"first_day": date(2026, 12, 23), "last_day": date(2027, 1, 6)}


def names(database: Database, first: date, last: date, *kinds: str, language: str = "de") -> list[str]:
    with database.reading() as session:
        found = holidays_between(session, first, last, kinds or service.ALL_KINDS, language=language)
        return [holiday.name for holiday in found]


def hear_of_christmas(database: Database) -> None:
    """As if the city had told of its school holidays."""
    with database.transaction() as session:
        session.add(CityHoliday(kind="school", name_de="Weihnachtsferien", name_en="Christmas holidays", **CHRISTMAS))


def test_public_holidays_of_the_state_are_known_without_a_list(database: Database) -> None:
    """Corpus Christi is one in North Rhine-Westphalia, Reformation Day is not."""
    year = names(database, date(2027, 1, 1), date(2027, 12, 31), "public")
    assert "Fronleichnam" in year
    assert "Reformationstag" not in year
    assert len(year) == 11


def test_each_kind_is_asked_for_by_itself(database: Database) -> None:
    """School holidays alone, or together with New Year, in the order of their days."""
    hear_of_christmas(database)
    first, last = date(2026, 12, 28), date(2027, 1, 3)
    assert names(database, first, last, "school") == ["Weihnachtsferien"]
    assert names(database, first, last, "school", "public") == ["Weihnachtsferien", "Neujahr"]
    assert names(database, first, last, "house") == []


def test_names_follow_the_language(database: Database) -> None:
    """German where nobody translated."""
    hear_of_christmas(database)
    assert names(database, date(2026, 12, 31), date(2027, 1, 1), language="en") == [
        "Christmas holidays",
        "New Year's Day",
    ]


def test_the_first_and_the_last_day_count(database: Database) -> None:
    """The day before and the day after do not."""
    hear_of_christmas(database)
    for day, found in ((22, []), (23, ["Weihnachtsferien"])):
        assert names(database, date(2026, 12, day), date(2026, 12, day), "school") == found
    for day, found in ((6, ["Weihnachtsferien"]), (7, [])):
        assert names(database, date(2027, 1, day), date(2027, 1, day), "school") == found


def test_a_closure_is_a_day_of_the_house(database: Database) -> None:
    """Own days and closures alike, so that no series meets in a closed house."""
    with database.transaction() as session:
        service.add_house_day(session, "Sommerfest", date(2027, 6, 5), date(2027, 6, 5))
        closure = {"closed": True, "valid_from": date(2027, 6, 7), "valid_until": date(2027, 6, 9)}
        opening_hours.add_hours(session, HoursEntry(note="Umbau", **closure))
        opening_hours.add_hours(session, HoursEntry(note="nur montags", **{**closure, "weekday": 0}))
    assert names(database, date(2027, 6, 1), date(2027, 6, 30), "house") == ["Sommerfest", "Umbau"]


def test_days_that_cannot_be_are_refused(database: Database) -> None:
    """Backwards, or a slip of the year."""
    with database.transaction() as session:
        with pytest.raises(HolidayBackwards):
            service.add_house_day(session, "Rückwärts", date(2027, 6, 5), date(2027, 6, 4))
        with pytest.raises(HolidayTooLong):
            service.add_house_day(session, "Sommer", date(2027, 7, 19), date(2028, 8, 31))
        with pytest.raises(HouseDayUnknown):
            service.remove_house_day(session, "x")


def test_every_kind_has_a_name() -> None:
    """The series' form offers each of them."""
    assert {kind.value for kind in HolidayKind} == {"public", "school", "special", "house"}


def test_the_house_adds_a_day_and_forgets_it(signed_in: FlaskClient, database: Database) -> None:
    """On its page; removing it twice is no mistake."""
    said = {"name": "Nachbarschaftsfest", "first_day": (now() + timedelta(days=20)).date().isoformat()}
    assert "Nachbarschaftsfest" in signed_in.post("/ferien", data=said, follow_redirects=True).text
    with database.reading() as session:
        (day,) = service.list_house_days(session)
    signed_in.post(f"/ferien/{day.id}/entfernen")
    assert "schon entfernt" in signed_in.post(f"/ferien/{day.id}/entfernen", follow_redirects=True).text


def test_a_day_that_cannot_be_is_explained(signed_in: FlaskClient) -> None:
    """What was typed stays."""
    said = {"name": "Fest", "first_day": "2027-05-02", "last_day": "2027-05-01"}
    answer = signed_in.post("/ferien", data=said)
    assert answer.status_code == 422
    assert 'value="Fest"' in answer.text


def test_reception_may_look_but_not_add(sign_in: Callable[..., FlaskClient]) -> None:
    """Arranging the house is the office's."""
    reception = sign_in(Role.RECEPTION)
    assert reception.get("/ferien").status_code == 200
    assert reception.post("/ferien", data={"name": "Frei", "first_day": "2027-01-01"}).status_code == 403
