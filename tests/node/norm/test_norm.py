"""The house held against the city's opening norm."""

from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from deploy.demo.alt_hamborn import ALT_HAMBORN
from node.centre import service as centres
from node.centre.service import ProfileEntry
from node.holidays.models import CityHoliday
from node.norm import service
from node.norm.models import OpeningNorm
from node.opening_hours import service as opening_hours
from node.opening_hours.service import HoursEntry
from shared.database import Database
from shared.records.norms import Norm
from shared.web import norm_wording as wording
from tests.factories import ZONE, make_event

TODAY = date(2026, 12, 30)
WEEKDAYS = range(5)


def open_as_alt_hamborn(database: Database) -> None:
    """Enter the hours of the demo's house."""
    with database.transaction() as session:
        for kind, weekdays, opens, closes in ALT_HAMBORN.hours:
            entry = HoursEntry(kind=kind, opens_local=opens, closes_local=closes)
            opening_hours.add_hours(session, entry, weekdays)


def open_as_expected(database: Database) -> None:
    """Five days of eight hours with consultation, closed on public holidays, in a city with Christmas holidays."""
    with database.transaction() as session:
        centres.keep_profile(session, ProfileEntry(name="Haus", district="Mitte"))
        centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")
        for kind, closes in (("open", "18:00"), ("consultation", "12:00")):
            entry = HoursEntry(kind=kind, opens_local="10:00", closes_local=closes)
            opening_hours.add_hours(session, entry, WEEKDAYS)
        days = {"first_day": date(2026, 12, 23), "last_day": date(2027, 1, 6)}
        session.add(CityHoliday(kind="school", name_de="Weihnachtsferien", **days))


def test_alt_hamborn_is_flagged(app: Flask, database: Database, signed_in: FlaskClient) -> None:
    """3 of 5 days, 9 of 40 hours, no consultation hours, no weekend; on its page and beside the hours."""
    open_as_alt_hamborn(database)
    with database.reading() as session, app.test_request_context():
        told = wording.told(service.nominal(session, TODAY))
    assert told == [
        "3 von 5 Tagen",
        "9 von 40 Stunden",
        "keine Bürgersprechstunden, erwartet werden 10",
        "nichts am Wochenende",
    ]
    for page in ("/norm", "/oeffnungszeiten"):
        shown = signed_in.get(page).text
        for line in told:
            assert line in shown


def test_a_real_week_is_explained(app: Flask, database: Database) -> None:
    """The week of New Year: four of five days, because of the Christmas holidays and New Year."""
    open_as_expected(database)
    with database.reading() as session, app.test_request_context():
        found = service.standing(session, TODAY, ZONE)
        told = wording.told(found.coming[0])
    assert found.coming[0].week.monday == date(2026, 12, 28)
    assert told[0] == "4 von 5 Tagen – Weihnachtsferien, Neujahr"
    assert told[1] == "32 von 40 Stunden – Weihnachtsferien, Neujahr"


def test_twelve_weeks_to_come_and_twelve_that_are_over(database: Database) -> None:
    """This week first, and the past from the latest on."""
    open_as_expected(database)
    with database.reading() as session:
        found = service.standing(session, TODAY, ZONE)
    assert [len(found.coming), len(found.past)] == [12, 12]
    assert found.past[0].week.monday == date(2026, 12, 21)
    assert found.past[-1].week.monday == date(2026, 10, 5)


def test_an_event_on_saturday_fills_the_weekend(database: Database) -> None:
    """Of its own week only; a draft does not count."""
    open_as_expected(database)
    with database.transaction() as session:
        make_event(session, day=date(2027, 1, 2))
        make_event(session, day=date(2027, 1, 9), published=False)
        weekends = [one.week.has_weekend for one in service.standing(session, TODAY, ZONE).coming]
    assert weekends[:2] == [True, False]


def test_the_city_says_what_it_expects(database: Database) -> None:
    """Its norm comes with the other records; until then the usual figures."""
    with database.transaction() as session:
        assert service.norm(session) == Norm()
        assert not service.standing(session, TODAY, ZONE).from_city
        session.add(OpeningNorm(days_min=3, days_aim=3, hours_min=9, consultation_hours_min=0, weekend_expected=False))
    open_as_alt_hamborn(database)
    with database.reading() as session:
        assert service.nominal(session, TODAY).meets


def test_a_closure_without_a_name_is_told_by_its_day(app: Flask, database: Database) -> None:
    """Nobody has to guess which day is missing."""
    open_as_expected(database)
    monday = date(2027, 1, 11)
    with database.transaction() as session:
        closure = HoursEntry(closed=True, valid_from=monday, valid_until=monday)
        opening_hours.add_hours(session, closure)
    with database.reading() as session, app.test_request_context():
        weeks = service.standing(session, monday, ZONE).coming
        assert wording.told(weeks[0])[0] == "4 von 5 Tagen – geschlossen am Mo., 11.01."


def test_a_house_without_hours_is_asked_for_them(signed_in: FlaskClient) -> None:
    """Nothing is held against nothing."""
    page = signed_in.get("/norm").text
    assert "Noch keine Öffnungszeiten" in page
    assert "zu wenig" not in page


def test_the_page_is_for_staff(client: FlaskClient) -> None:
    """Visitors are asked to sign in."""
    assert client.get("/norm").status_code == 302


def test_the_page_takes_few_queries(database: Database) -> None:
    """Twenty-four weeks, and one query each for norm, hours, profile, holidays, days of the house, events."""
    open_as_expected(database)
    with database.transaction() as session:
        for week in range(20):
            make_event(session, day=TODAY + timedelta(weeks=week - 10), start="01:00", end="02:00")
    asked: list[str] = []
    with database.reading() as session:
        event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        service.standing(session, TODAY, ZONE)
    assert len(asked) <= 9
