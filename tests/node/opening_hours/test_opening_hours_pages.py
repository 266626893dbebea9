"""Opening hours as staff keep them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.centre import service as centres
from node.centre.service import ProfileEntry, ProfileMissing
from node.core.accounts import Role
from node.opening_hours import service
from node.opening_hours.models import OpeningHours
from node.opening_hours.service import ClosedForGood, HoursEntry, HoursOverlap
from shared.database import Database
from shared.records.opening_hours import PeriodBackwards
from shared.time import at_local, now
from tests.factories import ZONE

TUESDAY = HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00")


def rows(database: Database) -> list[tuple[int | None, str, str]]:
    """Return what is kept."""
    with database.reading() as session:
        return [(row.weekday, row.opens_local, row.closes_local) for row in service.list_hours(session)]


def test_several_weekdays_are_entered_at_once(signed_in: FlaskClient, database: Database) -> None:
    """One form, two rows; the page shows them."""
    said = {"weekdays": ["1", "3"], "kind": "open", "opens": "10:00", "closes": "13:00"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said, follow_redirects=True)
    assert "Dienstag" in answer.text
    assert "Donnerstag" in answer.text
    assert rows(database) == [(1, "10:00", "13:00"), (3, "10:00", "13:00")]


def test_missing_times_are_asked_for_and_the_rest_is_kept(signed_in: FlaskClient, database: Database) -> None:
    """The form comes back with what was typed and says what to do."""
    said = {"weekdays": ["1"], "kind": "consultation", "opens": "10:00", "closes": "", "note": "mit Anmeldung"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said)
    assert answer.status_code == 422
    assert "beide Zeiten" in answer.text
    assert 'value="mit Anmeldung"' in answer.text
    assert rows(database) == []


def test_a_row_is_changed_and_removed(signed_in: FlaskClient, database: Database) -> None:
    """The same record changes; removing it twice is no mistake."""
    with database.transaction() as session:
        (row,) = service.add_hours(session, TUESDAY)
        session.flush()
        row_id = row.id
    said = {"weekday": "2", "kind": "open", "opens": "15:00", "closes": "18:00"}
    assert signed_in.post(f"/oeffnungszeiten/{row_id}", data=said).status_code == 302
    assert rows(database) == [(2, "15:00", "18:00")]
    signed_in.post(f"/oeffnungszeiten/{row_id}/entfernen")
    again = signed_in.post(f"/oeffnungszeiten/{row_id}/entfernen", follow_redirects=True)
    assert "schon entfernt" in again.text
    assert rows(database) == []


def test_a_closure_is_shown_and_wins(signed_in: FlaskClient, database: Database) -> None:
    """A closed exception needs no times."""
    with database.transaction() as session:
        service.add_hours(session, HoursEntry(opens_local="00:00", closes_local="00:00"))
    assert "Jetzt geöffnet" in signed_in.get("/oeffnungszeiten").text
    said = {"kind": "open", "closed": "y", "valid_from": "2020-01-01", "valid_until": "2099-12-31", "note": "Umbau"}
    answer = signed_in.post("/oeffnungszeiten/neu", data=said, follow_redirects=True)
    assert "Jetzt geschlossen" in answer.text
    assert "Umbau" in answer.text


def test_hours_that_do_not_exist_are_not_found(signed_in: FlaskClient) -> None:
    """An unknown row has no form."""
    assert signed_in.get("/oeffnungszeiten/x").status_code == 404
    assert signed_in.post("/oeffnungszeiten/x", data={}).status_code == 404


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        (HoursEntry(closed=True), ClosedForGood),
        (HoursEntry(closed=True, valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 1)), PeriodBackwards),
        (HoursEntry(weekday=1, opens_local="12:00", closes_local="14:00"), HoursOverlap),
        (HoursEntry(weekday=None, opens_local="09:00", closes_local="10:15"), HoursOverlap),
    ],
)
def test_what_cannot_be_is_refused(database: Database, entry: HoursEntry, refusal: type[Exception]) -> None:
    """Closures need dates, periods run forward, the same kind stands once."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
    with pytest.raises(refusal), database.transaction() as session:
        service.add_hours(session, entry)
    assert len(rows(database)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        HoursEntry(weekday=1, opens_local="13:00", closes_local="15:00"),
        HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00", kind="consultation"),
        HoursEntry(weekday=2, opens_local="10:00", closes_local="13:00"),
        HoursEntry(weekday=1, opens_local="10:00", closes_local="13:00", valid_from=date(2026, 7, 1)),
    ],
)
def test_what_does_not_meet_is_taken(database: Database, entry: HoursEntry) -> None:
    """Back to back, another kind, another day, another period."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
        service.add_hours(session, entry)
    assert len(rows(database)) == 2


def test_nothing_is_added_if_one_of_several_days_is_refused(database: Database) -> None:
    """All days of the form or none."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
    with pytest.raises(HoursOverlap), database.transaction() as session:
        service.add_hours(session, TUESDAY, weekdays=[0, 1])
    with database.reading() as session:
        assert len(session.scalars(select(OpeningHours)).all()) == 1


HOLIDAY = date(2027, 5, 17)  # Whit Monday


def at(wall: str, day: date) -> datetime:
    return at_local(day, time.fromisoformat(wall), ZONE)


def introduce(database: Database) -> None:
    """Write the profile, and a week that is open every day."""
    with database.transaction() as session:
        centres.keep_profile(session, ProfileEntry(name="Stadtteilbüro", district="Hamborn"))
        service.add_hours(session, HoursEntry(opens_local="10:00", closes_local="18:00"))


def opens(database: Database, day: date) -> list[str]:
    """Return the hours of a day as visitors find them."""
    with database.reading() as session:
        (found,) = service.days_from(service.hours_in_force(session), day, ZONE, count=1)
    slots = [f"{slot.starts_at.astimezone(ZONE):%H:%M}" for slot in found.slots]
    return slots or [found.note]


def test_a_house_says_once_that_it_is_closed_on_public_holidays(signed_in: FlaskClient, database: Database) -> None:
    """From then on every holiday of the land is closed, with its name; the day after is not."""
    introduce(database)
    assert opens(database, HOLIDAY) == ["10:00"]
    said = {"closed_on_holidays": "y", "region": "DE-NW"}
    page = signed_in.post("/oeffnungszeiten/feiertage", data=said, follow_redirects=True).text
    assert "an Feiertagen geschlossen" in page
    assert opens(database, HOLIDAY) == ["Pfingstmontag"]
    assert opens(database, HOLIDAY + timedelta(days=1)) == ["10:00"]


def test_hours_agreed_for_the_holiday_itself_win_and_those_of_a_season_do_not(database: Database) -> None:
    """The shortest period counts: the day's own hours, then the holiday, then the season."""
    introduce(database)
    week = {"valid_from": HOLIDAY, "valid_until": HOLIDAY + timedelta(days=6)}
    with database.transaction() as session:
        centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")
        service.add_hours(session, HoursEntry(opens_local="12:00", closes_local="14:00", **week))
    assert opens(database, HOLIDAY) == ["Pfingstmontag"]
    assert opens(database, HOLIDAY + timedelta(days=1)) == ["12:00"]
    with database.transaction() as session:
        own = {"valid_from": HOLIDAY, "valid_until": HOLIDAY}
        service.add_hours(session, HoursEntry(opens_local="15:00", closes_local="17:00", **own))
    assert opens(database, HOLIDAY) == ["15:00"]


def test_the_next_opening_is_behind_the_holidays(database: Database) -> None:
    """On Christmas Eve the house opens again on the 27th."""
    introduce(database)
    with database.transaction() as session:
        centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")
        hours = service.hours_in_force(session)
    state = service.state_at(hours, at("20:00", date(2026, 12, 24)), ZONE)
    assert state.slot is None
    assert state.changes_at == at("10:00", date(2026, 12, 27))


def test_the_rule_needs_a_profile(signed_in: FlaskClient, database: Database) -> None:
    """It is a part of it; the page leads there."""
    assert signed_in.get("/oeffnungszeiten/feiertage").location == "/zentrum"
    with database.transaction() as session, pytest.raises(ProfileMissing):
        centres.keep_holiday_rule(session, closed_on_holidays=True, region="DE-NW")


def test_the_house_is_closed_today_in_two_taps(sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """The first leads to the reasons, each of which is the second; reception may do it, and take it back."""
    introduce(database)
    reception = sign_in(Role.RECEPTION)
    assert "/oeffnungszeiten/heute-geschlossen" in reception.get("/oeffnungszeiten").text
    page = reception.get("/oeffnungszeiten/heute-geschlossen").text
    assert 'value="Krankheit im Team"' in page
    said = {"reason": "Krankheit im Team"}
    page = reception.post("/oeffnungszeiten/heute-geschlossen", data=said, follow_redirects=True).text
    assert "heute geschlossen: Krankheit im Team" in page
    assert "Krankheit im Team" in reception.get("/haus").text
    again = reception.post("/oeffnungszeiten/heute-geschlossen", data=said, follow_redirects=True).text
    assert "stand schon hier" in again
    reception.post("/oeffnungszeiten/heute-wieder-offen")
    assert opens(database, now().astimezone(ZONE).date()) == ["10:00"]


def test_a_closure_without_a_reason_or_backwards_is_asked_again(signed_in: FlaskClient, database: Database) -> None:
    """Whoever stands at the door wants to know why."""
    assert signed_in.post("/oeffnungszeiten/heute-geschlossen", data={"reason": " "}).status_code == 422
    said = {"reason": "Umbau", "until": "2020-01-01"}
    answer = signed_in.post("/oeffnungszeiten/heute-geschlossen", data=said)
    assert "liegt vor heute" in answer.text
    assert 'value="Umbau"' in answer.text
    assert rows(database) == []


def test_a_volunteer_closes_nothing(sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """Least rights: reading the hours is for all staff, closing for the desk, arranging for the office."""
    volunteer, reception = sign_in(Role.VOLUNTEER), sign_in(Role.RECEPTION)
    assert volunteer.get("/oeffnungszeiten").status_code == 200
    assert volunteer.post("/oeffnungszeiten/heute-geschlossen", data={"reason": "Nein"}).status_code == 403
    assert reception.get("/oeffnungszeiten/neu").status_code == 403
    assert reception.post("/oeffnungszeiten/feiertage", data={}).status_code == 403
    assert rows(database) == []


SUMMER = {"valid_from": date(2027, 7, 19), "valid_until": date(2027, 8, 31)}


def test_a_season_is_copied_to_next_year(signed_in: FlaskClient, database: Database) -> None:
    """All its hours; the old one stays; copying onto it again is explained."""
    with database.transaction() as session:
        service.add_hours(session, HoursEntry(opens_local="09:00", closes_local="12:00", **SUMMER), [0, 2])
    here = "/oeffnungszeiten/zeitraum?von=2027-07-19&bis=2027-08-31"
    assert signed_in.get(here).status_code == 200
    said = {"valid_from": "2028-07-10", "valid_until": "2028-08-22"}
    assert signed_in.post(here, data=said).status_code == 302
    assert rows(database) == [
        (0, "09:00", "12:00"),
        (0, "09:00", "12:00"),
        (2, "09:00", "12:00"),
        (2, "09:00", "12:00"),
    ]
    assert "gibt es schon" in signed_in.post(here, data=said).text
    backwards = {"valid_from": "2028-07-10", "valid_until": "2028-07-09"}
    assert signed_in.post(here, data=backwards).status_code == 422


def test_a_season_is_removed_whole(signed_in: FlaskClient, database: Database) -> None:
    """The ordinary week stays; removing it twice is no mistake; nonsense in the address is not found."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
        service.add_hours(session, HoursEntry(opens_local="09:00", closes_local="12:00", **SUMMER), [0, 2])
    there = "/oeffnungszeiten/zeitraum/entfernen?von=2027-07-19&bis=2027-08-31"
    signed_in.post(there)
    assert "schon entfernt" in signed_in.post(there, follow_redirects=True).text
    assert rows(database) == [(1, "10:00", "13:00")]
    assert signed_in.get("/oeffnungszeiten/zeitraum?von=2027-07-19&bis=2027-08-31").status_code == 404
    assert signed_in.get("/oeffnungszeiten/zeitraum?von=immer").status_code == 404


def test_a_day_of_a_season_without_hours_is_told_as_different(database: Database) -> None:
    """Closed on a Tuesday in summer although the ordinary week is open."""
    with database.transaction() as session:
        service.add_hours(session, TUESDAY)
        service.add_hours(session, HoursEntry(weekday=2, opens_local="09:00", closes_local="12:00", **SUMMER))
        (day,) = service.days_from(service.hours_in_force(session), date(2027, 7, 20), ZONE, count=1)
    assert (day.slots, day.is_exception) == ((), True)
