"""The pages of series: a form in words, a preview with choices, the dates, edits, cancelling, making up."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.bookings.forms import field_of_item
from node.bookings.models import Booking
from node.core.accounts import Role
from node.equipment import service as equipment
from node.series.models import BookingSeries
from node.spaces.service import get_space
from shared.database import Database
from shared.records.bookings import BookingState
from shared.time import now
from tests.factories import ZONE, make_booking, make_space

NEW = "/buchungen/serie/neu"
TODAY = now().astimezone(ZONE).date()
FIRST = TODAY + timedelta(days=8 - TODAY.weekday())  # a coming Tuesday
WEEK = timedelta(weeks=1)


@pytest.fixture
def hall(database: Database) -> str:
    with database.transaction() as session:
        return make_space(session, "Saal").id


def typed(hall: str, **said: Any) -> dict[str, Any]:
    """Return what somebody types: four Tuesday evenings."""
    usual = {
        "space_id": hall,
        "day": FIRST,
        "starts": "18:00",
        "ends": "20:00",
        "title": "Chorprobe",
        "kind": "internal",
    }
    return {**usual, "repeat": "weekly", "interval": "1", "position": "", "count": "4", **said}


def dates(database: Database) -> list[tuple[date, str, str]]:
    with database.reading() as session:
        found = session.scalars(select(Booking).where(Booking.series_id.is_not(None)).order_by(Booking.starts_at))
        return [(row.occurrence_on, f"{row.starts_at.astimezone(ZONE):%H:%M}", row.state) for row in found]  # type: ignore[misc]


def begin(client: FlaskClient, hall: str, **said: Any) -> str:
    """Book a series; return the address of its page."""
    answer = client.post(NEW, data=typed(hall, step="write", **said))
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_the_preview_writes_nothing_and_carries_everything(
    signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """Each date is shown with its state; what was typed travels in hidden fields."""
    page = signed_in.post(NEW, data=typed(hall, contact_name="Frau Yilmaz", weekdays=["1", "3"])).text
    assert page.count('class="dates__one') == 4
    assert "jeden Dienstag und Donnerstag, 18:00–20:00, 4 Termine" in page
    assert 'name="contact_name" value="Frau Yilmaz"' in page
    assert dates(database) == []
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    carried: dict[str, list[str]] = {}
    for name, value in hidden:
        carried.setdefault(name, []).append(value)
    assert signed_in.post(NEW, data={**carried, "step": "write"}).status_code == 302
    assert [day.weekday() for day, _time, _state in dates(database)] == [1, 3, 1, 3]


def test_the_way_back_to_the_form_keeps_what_was_typed(signed_in: FlaskClient, hall: str) -> None:
    """The button beside "book" leads back without a loss."""
    left = f"wahl-{FIRST}"
    page = signed_in.post(NEW, data=typed(hall, step="form", note="Klavier", **{left: "leave"})).text
    assert 'value="Chorprobe"' in page
    assert "Klavier" in page
    assert f'name="{left}" value="leave"' in page
    again = signed_in.post(NEW, data=typed(hall, **{left: "leave"})).text
    assert re.search(rf'name="{left}" value="leave" checked', again)


def test_equipment_comes_along_from_a_single_bookings_form(
    signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """What was chosen for one booking is asked for each date of the series, and booked."""
    with database.transaction() as session:
        beamer = equipment.add_item(session, equipment.ItemEntry(name="Beamer", stock=2)).id
    name = field_of_item(beamer)
    page = signed_in.post(NEW, data=typed(hall, step="form", **{name: "2"})).text
    assert re.search(rf'name="{name}"[^>]* value="2"', page)
    address = begin(signed_in, hall, **{name: "2"})
    with database.reading() as session:
        ids = session.scalars(select(Booking.id)).all()
        assert equipment.with_bookings(session, ids) == {booking_id: {beamer: 2} for booking_id in ids}
    assert re.search(rf'name="{name}"[^>]* value="2"', signed_in.get(f"{address}/aendern").text)


def test_repeating_a_single_booking_leaves_out_the_usual_holidays(signed_in: FlaskClient, hall: str) -> None:
    """A single booking's form does not ask about holidays: the usual ones are ticked."""
    single = {"space_id": hall, "day": FIRST, "starts": "18:00", "ends": "20:00", "title": "Chor", "step": "form"}
    page = signed_in.post(NEW, data=single).text
    assert re.findall(r'checked[^>]* name="skips" type="checkbox" value="(\w+)"', page) == ["public", "house"]


def test_a_conflict_is_chosen_about_in_the_preview(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """The taken date names what is in the way; the chosen alternative is booked with the others."""
    with database.transaction() as session:
        make_booking(session, get_space(session, hall), "17:00", "19:00", FIRST + WEEK, title="Fest")
    page = signed_in.post(NEW, data=typed(hall)).text
    assert "Fest, Saal, 17:00–19:00" in page
    name = f"wahl-{FIRST + WEEK}"
    offered = re.search(rf'name="{name}">(.*?)</select>', page, re.DOTALL)
    assert offered
    values = re.findall(r'value="([^"]+)"', offered[1])
    begin(signed_in, hall, **{name: values[0]})
    assert dates(database)[1] == (FIRST + WEEK, "19:00", "confirmed")


def test_a_missing_date_is_shown_and_made_up_for(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """What could not be booked is in the list with its reason, until it is booked or left to rest."""
    with database.transaction() as session:
        make_booking(session, get_space(session, hall), "17:00", "19:00", FIRST, title="Fest")
    address = begin(signed_in, hall)
    page = signed_in.get(address).text
    assert "1 Termin fehlt" in page
    assert "Fest" in page
    missing = f"{address}/termin/{FIRST}"
    offered = re.findall(r'name="wahl" value="([^"]+)"', signed_in.get(missing).text)
    assert signed_in.post(missing, data={"wahl": ""}).status_code == 409
    assert signed_in.post(missing, data={"wahl": offered[0]}).status_code == 302
    assert len(dates(database)) == 4
    assert signed_in.get(missing).status_code == 404


def test_a_missing_date_can_be_left_out(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """Then it is listed as left out and no longer asks for attention."""
    with database.transaction() as session:
        make_booking(session, get_space(session, hall), "17:00", "19:00", FIRST)
    address = begin(signed_in, hall)
    signed_in.post(f"{address}/termin/{FIRST}", data={"wahl": "leave"})
    page = signed_in.get(address).text
    assert "1 Termin fehlt" not in page
    assert "Auf Wunsch ausgelassen" in page


def test_this_and_following_from_the_page_of_a_date(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """A booking's page leads to the change from it on; the earlier dates stay."""
    address = begin(signed_in, hall)
    with database.reading() as session:
        third = session.scalars(select(Booking.id).where(Booking.occurrence_on == FIRST + 2 * WEEK)).one()
    page = signed_in.get(f"/buchungen/{third}").text
    change = f"{address}/aendern?ab={FIRST + 2 * WEEK}"
    assert change in page
    form = signed_in.get(change).text
    assert f'name="day" required type="date" value="{FIRST + 2 * WEEK}"' in form
    assert re.search(r'name="count"[^>]* value="2"', form), "two of the four dates are left"
    wanted = typed(hall, day=FIRST + 2 * WEEK, starts="19:00", ends="21:00", count="2", keep_own="y")
    preview = signed_in.post(change, data=wanted).text
    assert "bisher: Saal" in preview
    answer = signed_in.post(change, data={**wanted, "step": "write"})
    assert answer.status_code == 302
    assert [when for _day, when, _state in dates(database)] == ["18:00", "18:00", "19:00", "19:00"]
    assert "Geht weiter als" in signed_in.get(address).text


def test_every_second_week_stays_in_step_when_all_is_changed(
    signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """The form of "all that is to come" begins on the next real date, not on the next day."""
    address = begin(signed_in, hall, interval="2")
    form = signed_in.get(f"{address}/aendern").text
    assert f'value="{FIRST}"' in form
    change = f"{address}/aendern?ab={FIRST + WEEK}"  # a week in which there is none
    assert f'name="day" required type="date" value="{FIRST + 2 * WEEK}"' in signed_in.get(change).text
    wanted = typed(hall, day=FIRST + 2 * WEEK, interval="2", count="3", starts="19:00", ends="20:00", keep_own="y")
    assert signed_in.post(change, data={**wanted, "step": "write"}).status_code == 302
    assert [(day, when) for day, when, _state in dates(database)] == [
        (FIRST, "18:00"),
        *((FIRST + week * WEEK, "19:00") for week in (2, 4, 6)),
    ]


def test_a_rule_that_the_form_cannot_say_is_kept(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """A series of an import keeps its rule unless somebody chooses another one."""
    address = begin(signed_in, hall)
    with database.transaction() as session:
        made = session.scalars(select(BookingSeries)).one()
        made.rule = "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=4"
    form = signed_in.get(f"{address}/aendern").text
    assert "Wie bisher: jeden Monat am 1. des Monats und am 15. des Monats" in form
    assert re.search(r'checked[^>]* value="as_before"', form)
    preview = signed_in.post(f"{address}/aendern", data=typed(hall, repeat="as_before", keep_own="y")).text
    assert "am 1. des Monats und am 15. des Monats" in preview


def test_cancelling_from_a_date_on_asks_for_a_reason(signed_in: FlaskClient, hall: str, database: Database) -> None:
    """Without a reason nothing happens; with one the later dates are free again."""
    address = begin(signed_in, hall)
    cancel = f"{address}/absagen?ab={FIRST + WEEK}"
    assert "3 kommende Termine" in signed_in.get(cancel).text
    assert signed_in.post(cancel, data={"usual": "", "reason": ""}).status_code == 422
    assert signed_in.post(cancel, data={"usual": "", "reason": "Umzug", "also_own": "y"}).status_code == 302
    assert [state for _day, _when, state in dates(database)] == ["confirmed", *["cancelled"] * 3]
    assert "Umzug" in signed_in.get(address).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": ""}, "einen von beiden"),
        ({"count": "4", "until": "2030-01-01"}, "einen von beiden"),
        ({"count": "", "until": "2020-01-01"}, "vor dem ersten Termin"),
        ({"count": "9999"}, "1 bis 260"),
        ({"interval": "0"}, "1 bis 12"),
        ({"unknown": "x"}, "unknown"),
    ],
)
def test_a_form_that_makes_no_sense_says_what_to_do(signed_in: FlaskClient, hall: str, wrong: Any, said: str) -> None:
    """Nothing typed is lost, and the words say what is missing."""
    answer = signed_in.post(NEW, data=typed(hall, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Chorprobe"' in answer.text


def test_a_rule_without_end_in_sight_is_refused_in_words(signed_in: FlaskClient, hall: str) -> None:
    """A daily rule over two years has too many dates."""
    far = typed(hall, repeat="daily", count="", until=FIRST + timedelta(days=700))
    answer = signed_in.post(NEW, data=far)
    assert answer.status_code == 409
    assert "höchstens 260 Termine" in answer.text


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [
        ({"repeat": "monthly_weekday"}, r"BYDAY=\dTU"),
        ({"repeat": "monthly_weekday", "position": "-1"}, "BYDAY=-1TU"),
        ({"repeat": "monthly_day"}, f"BYMONTHDAY={FIRST.day};"),
        ({"repeat": "monthly_last", "interval": "2"}, "INTERVAL=2;BYMONTHDAY=-1"),
        ({"repeat": "daily"}, "FREQ=DAILY;COUNT"),
        ({"repeat": "yearly"}, f"FREQ=YEARLY;BYMONTH={FIRST.month};BYMONTHDAY={FIRST.day}"),
    ],
)
def test_each_choice_makes_its_rule(
    signed_in: FlaskClient, hall: str, database: Database, repeat: dict[str, str], rule: str
) -> None:
    """What is chosen in words is stored as a rule."""
    begin(signed_in, hall, count="2", **repeat)
    with database.reading() as session:
        assert re.search(rule, session.scalars(select(BookingSeries.rule)).one())


def test_all_series_are_listed_and_the_booking_form_leads_to_a_new_one(signed_in: FlaskClient, hall: str) -> None:
    """The list shows each series in words; an empty one says what it is for."""
    assert "noch keine Serien" in signed_in.get("/buchungen/serie").text
    begin(signed_in, hall)
    page = signed_in.get("/buchungen/serie").text
    assert "jeden Dienstag, 18:00–20:00" in page
    assert 'formaction="/buchungen/serie/neu"' in signed_in.get("/buchungen/neu").text


def test_a_volunteer_reads_series_but_does_not_make_them(
    sign_in: Callable[..., FlaskClient], signed_in: FlaskClient, hall: str, database: Database
) -> None:
    """Making a series takes the right to decide; the contact stays with those who may see it."""
    address = begin(signed_in, hall, contact_name="Frau Yilmaz")
    volunteer = sign_in(Role.VOLUNTEER)
    page = volunteer.get(address)
    assert page.status_code == 200
    assert "Frau Yilmaz" not in page.text
    assert volunteer.get(NEW).status_code == 403
    assert volunteer.post(NEW, data=typed(hall, step="write")).status_code == 403
    assert len(dates(database)) == 4
    assert {state for _day, _when, state in dates(database)} == {BookingState.CONFIRMED}


@pytest.mark.parametrize(
    "address", ["/buchungen/serie/nein", "/buchungen/serie/nein/termin/heute", "/buchungen/serie/nein/aendern"]
)
def test_an_unknown_series_is_a_page_that_is_not_there(signed_in: FlaskClient, address: str) -> None:
    """Whoever mistypes an address gets the page for that."""
    assert signed_in.get(address).status_code == 404


@pytest.mark.parametrize("wish", ["unsinn", "x 2026-13-01 10:00 2026-13-01 11:00", "keep"])
def test_nonsense_in_a_choice_changes_nothing(signed_in: FlaskClient, hall: str, database: Database, wish: str) -> None:
    """An unknown wish leaves the date as planned."""
    begin(signed_in, hall, **{f"wahl-{FIRST}": wish, "wahl-morgen": "leave"})
    assert len(dates(database)) == 4
