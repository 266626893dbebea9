"""Requests decided from the inbox and on their page; blocks; rules set aside; what a booking remembers."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.bookings import service
from node.bookings.models import Booking
from node.core.accounts import Role
from node.equipment import service as equipment
from node.equipment.service import ItemEntry
from node.spaces.service import get_space
from shared.database import Database
from shared.records.bookings import BookingKind, BookingState
from shared.time import now
from tests.factories import DAY, ZONE, local_slot, make_booking, make_space

AHEAD = DAY + timedelta(days=3)


@pytest.fixture
def coming() -> object:
    """A day that is still to come, whenever the test runs."""
    return now().astimezone(ZONE).date() + timedelta(days=3)


@pytest.fixture
def asked(database: Database, coming: object) -> str:
    """A request for a hall that somebody else has by now; a café is free. Returns the request's id."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        make_space(session, "Café")
        said = {"title": "Elternabend", "contact_name": "Ülkü Yıldız", "state": BookingState.REQUESTED}
        wanted = make_booking(session, hall, "18:00", "20:00", coming, now=now() - timedelta(hours=30), **said)  # type: ignore[arg-type]
        make_booking(session, hall, "19:00", "21:00", coming, now=now(), title="Chorprobe")  # type: ignore[arg-type]
        return wanted.id


def state_of(database: Database, booking_id: str) -> tuple[str, str]:
    with database.reading() as session:
        booking = service.get_booking(session, booking_id)
        return booking.state, booking.reason


def test_the_inbox_says_how_long_a_request_waits_and_what_is_in_its_way(signed_in: FlaskClient, asked: str) -> None:
    """Whoever opens it sees at a glance which request can be confirmed."""
    page = signed_in.get("/buchungen/anfragen").text
    assert "Elternabend" in page
    assert "Chorprobe" in page
    assert re.search(r"angefragt vor (1 Tag|30 Std\.|1 T)", page)


def test_all_requests_that_wait_are_counted(signed_in: FlaskClient, database: Database, coming: date) -> None:
    """However few of them are shown at once."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        for _number in range(52):
            make_booking(session, hall, "18:00", "20:00", coming, now=now(), state=BookingState.REQUESTED)
    assert "52 Anfragen warten" in signed_in.get("/buchungen").text
    assert "52 Anfragen warten" in signed_in.get("/buchungen/anfragen").text


def test_an_empty_inbox_says_what_will_come(signed_in: FlaskClient) -> None:
    """Nothing waits is not an empty page."""
    assert "Keine Anfrage wartet" in signed_in.get("/buchungen/anfragen").text


def test_an_alternative_is_confirmed_in_one_step_and_the_wish_remembered(
    signed_in: FlaskClient, asked: str, database: Database
) -> None:
    """From the refusal one click confirms another space or time; what was asked for stays on the page."""
    refused = signed_in.post(f"/buchungen/{asked}/bestaetigen")
    assert refused.status_code == 409
    offered = re.findall(r'name="instead" value="([^"]+)"', refused.text)
    assert offered
    answer = signed_in.post(f"/buchungen/{asked}/stattdessen", data={"instead": offered[0]})
    assert answer.status_code == 302
    with database.reading() as session:
        booking = service.get_booking(session, asked)
        assert booking.state == BookingState.CONFIRMED
        now_stands = (booking.space_id, booking.starts_at, booking.ends_at)
        assert now_stands != (booking.asked_space_id, booking.asked_starts_at, booking.asked_ends_at)
        assert booking.contact_name == "Ülkü Yıldız"
    assert "Angefragt war" in signed_in.get(f"/buchungen/{asked}").text


def test_declining_needs_a_reason_and_goes_on_with_the_inbox(
    signed_in: FlaskClient, asked: str, database: Database
) -> None:
    """A usual reason, own words, or both; none is asked for again."""
    assert signed_in.post(f"/buchungen/{asked}/ablehnen").status_code == 422
    usual = "Der Raum ist zu dieser Zeit belegt."
    said = {"usual": usual, "reason": "Rufen Sie gern an."}
    answer = signed_in.post(f"/buchungen/{asked}/ablehnen?zurueck=anfragen", data=said)
    assert answer.location.endswith("/buchungen/anfragen")
    assert state_of(database, asked) == ("declined", f"{usual} Rufen Sie gern an.")


def test_a_cancellation_says_who_wanted_it(signed_in: FlaskClient, database: Database) -> None:
    """The house or whoever booked: it makes a difference when somebody asks."""
    with database.transaction() as session:
        booking_id = make_booking(session).id
    signed_in.post(f"/buchungen/{booking_id}/absagen", data={"reason": "Grippe", "wanted_by": "booker"})
    with database.reading() as session:
        assert service.get_booking(session, booking_id).called_off_by == "booker"
    assert "Wer gebucht hat" in signed_in.get(f"/buchungen/{booking_id}").text


def test_the_page_tells_what_happened_and_by_whom(signed_in: FlaskClient, database: Database) -> None:
    """Taken, moved, cancelled: each with a name, the newest first."""
    with database.transaction() as session:
        hall = make_space(session).id
    said = {"space_id": hall, "day": AHEAD.isoformat(), "starts": "10:00", "ends": "12:00", "kind": "internal"}
    signed_in.post("/buchungen/neu", data=said)
    with database.reading() as session:
        booking_id = session.scalars(select(Booking.id)).one()
    signed_in.post(f"/buchungen/{booking_id}", data={**said, "ends": "13:00"})
    signed_in.post(f"/buchungen/{booking_id}/absagen", data={"reason": "Grippe"})
    page = signed_in.get(f"/buchungen/{booking_id}").text
    assert page.index("<strong>Abgesagt") < page.index("<strong>Geändert: Ende") < page.index("<strong>Aufgenommen")
    assert "12:00 → " in page
    assert "Person lead" in page


def test_a_rule_is_set_aside_on_the_page_by_those_who_decide(
    sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    """The refusal names the first time that goes; the box to overrule comes with it, for some only."""
    with database.transaction() as session:
        hall = make_space(session, notice_hours=24 * 365).id
    day = (now().astimezone(ZONE).date() + timedelta(days=2)).isoformat()
    said = {"space_id": hall, "day": day, "starts": "10:00", "ends": "12:00", "kind": "self_managed"}
    volunteer, office = sign_in(Role.VOLUNTEER), sign_in(Role.OFFICE)
    refused = office.post("/buchungen/neu", data=said)
    assert refused.status_code == 409
    assert 'name="overrule"' in refused.text
    assert 'name="overrule"' not in volunteer.post("/buchungen/neu", data=said).text
    nevertheless = {**said, "overrule": "y", "overrule_why": "Ein Trauerfall"}
    assert volunteer.post("/buchungen/neu", data=nevertheless).status_code == 409
    assert office.post("/buchungen/neu", data={**said, "overrule": "y"}).status_code == 422
    assert office.post("/buchungen/neu", data=nevertheless).status_code == 302
    with database.reading() as session:
        booking_id = session.scalars(select(Booking.id)).one()
    assert "Vorlauf: Ein Trauerfall (Person office)" in office.get(f"/buchungen/{booking_id}").text


def test_the_house_is_blocked_from_one_form_and_opened_again(signed_in: FlaskClient, database: Database) -> None:
    """Bookings in the way are named with links; once they are gone all spaces close together."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        make_space(session, "Café")
        in_the_way = make_booking(session, hall, title="Chorprobe").id
    said = {"why": "Malerarbeiten", "day": DAY.isoformat(), "whole_house": "y"}
    said["ends_on"] = (DAY + timedelta(days=2)).isoformat()
    refused = signed_in.post("/buchungen/sperren", data=said)
    assert refused.status_code == 409
    assert f"/buchungen/{in_the_way}" in refused.text
    signed_in.post(f"/buchungen/{in_the_way}/absagen", data={"reason": "Malerarbeiten"})
    assert signed_in.post("/buchungen/sperren", data=said).status_code == 302
    second_day = signed_in.get(f"/buchungen?tag={DAY + timedelta(days=1)}").text
    assert second_day.count('<span class="day__what">Malerarbeiten</span>') == 2
    with database.reading() as session:
        blocked = session.scalars(select(Booking).where(Booking.kind == BookingKind.BLOCKED)).all()
        assert {booking.starts_at for booking in blocked} == {local_slot("00:00", "01:00").starts_at}
    signed_in.post(f"/buchungen/sperren/{blocked[0].block_id}/aufheben")
    assert "Malerarbeiten" not in signed_in.get(f"/buchungen?tag={DAY}").text


def test_a_booking_over_days_says_on_each_day_when_it_begins_and_ends(
    signed_in: FlaskClient, database: Database
) -> None:
    """The first day knows the beginning, the last the end, and each the date of the other."""
    with database.transaction() as session:
        hall = make_space(session)
        make_booking(session, hall, "22:00", "02:00", title="Fest")
    first, second = (signed_in.get(f"/buchungen?tag={DAY + timedelta(days=shift)}").text for shift in (0, 1))
    assert re.search(r"22:00– Di\., 24\.11\., 02:00", first)
    assert re.search(r"Mo\., 23\.11\. –02:00", second)


def test_equipment_goes_moves_and_is_freed_with_its_booking(signed_in: FlaskClient, database: Database) -> None:
    """What is short is named with how much is free and from when; a cancelled booking gives it back."""
    with database.transaction() as session:
        hall, cafe = make_space(session, "Saal").id, make_space(session, "Café").id
        chairs = equipment.add_item(session, ItemEntry(name="Klappstühle", stock=40)).id
    field = f"item_{chairs.replace('-', '_')}"
    said = {"day": AHEAD.isoformat(), "starts": "10:00", "ends": "12:00", "kind": "internal"}
    assert signed_in.post("/buchungen/neu", data={**said, "space_id": hall, field: "30"}).status_code == 302
    short = signed_in.post("/buchungen/neu", data={**said, "space_id": cafe, field: "20"})
    assert short.status_code == 409
    assert "20 sind gewünscht, 10 sind" in short.text
    assert "wieder frei ab 26.11.2026, 12:00" in short.text
    with database.reading() as session:
        booking_id = session.scalars(select(Booking.id)).one()
        assert get_space(session, cafe)
    later = {**said, "space_id": hall, "starts": "14:00", "ends": "16:00", field: "30"}
    assert signed_in.post(f"/buchungen/{booking_id}", data=later).status_code == 302
    assert signed_in.post("/buchungen/neu", data={**said, "space_id": cafe, field: "20"}).status_code == 302
    signed_in.post(f"/buchungen/{booking_id}/absagen", data={"reason": "Grippe"})
    with database.reading() as session:
        assert equipment.with_booking(session, booking_id) == []


def test_retired_equipment_stays_with_the_booking_that_has_it(signed_in: FlaskClient, database: Database) -> None:
    """Another hour is typed, and the piano that was promised last spring still comes along."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        piano = equipment.add_item(session, ItemEntry(name="Klavier"))
        equipment.add_item(session, ItemEntry(name="Klappstühle", stock=40))
        booking_id = make_booking(session, hall, "10:00", "12:00", AHEAD, equipment={piano.id: 1}).id
        hall_id = hall.id
        equipment.retire_item(session, piano.id)
    page = signed_in.get(f"/buchungen/{booking_id}").text
    field = f"item_{piano.id.replace('-', '_')}"
    assert field in page
    later = {"day": AHEAD.isoformat(), "starts": "14:00", "ends": "16:00", "kind": "internal", "space_id": hall_id}
    assert signed_in.post(f"/buchungen/{booking_id}", data={**later, field: "1"}).status_code == 302
    with database.reading() as session:
        assert [each.count for each in equipment.with_booking(session, booking_id)] == [1]
