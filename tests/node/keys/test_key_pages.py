"""The key book as staff use it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from node.bookings import service as bookings
from node.core.accounts import Role
from node.keys import service
from node.keys.service import HandoverEntry, KeyRingEntry
from shared.database import Database
from shared.records.bookings import BookingKind
from shared.time import local_day, now
from tests.factories import ZONE, make_booking, make_space


@pytest.fixture
def booked(database: Database) -> str:
    """A self-managed evening of today in a hall with a key; returns the booking's id."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        service.add_key(session, KeyRingEntry(label="Saalschlüssel", opens=(hall.id,)))
        day = now().astimezone(ZONE).date()
        said = {"kind": BookingKind.SELF_MANAGED, "title": "Schach", "contact_name": "Mirko Petrov"}
        return make_booking(session, hall, "00:15", "23:45", day, now=now(), **said).id


def test_from_a_booking_a_key_goes_out_and_comes_back_with_one_tap_each(
    signed_in: FlaskClient, booked: str, database: Database
) -> None:
    """The form knows who and until when; after that the page has the button that takes it back."""
    page = signed_in.get(f"/buchungen/{booked}").text
    assert re.search(r'name="holder_name"[^>]*value="Mirko Petrov"|value="Mirko Petrov"[^>]*name="holder_name"', page)
    with database.reading() as session:
        key_id = service.list_rings(session)[0].key.id
    said = {"key_id": key_id, "holder_name": "Mirko Petrov"}
    assert signed_in.post(f"/schluessel/ausgeben?buchung={booked}", data=said).location.endswith(booked)
    back = re.search(r'action="(/schluessel/uebergaben/[^"]+)"', signed_in.get(f"/buchungen/{booked}").text)
    assert back is not None
    assert signed_in.post(back[1].replace("&amp;", "&")).location.endswith(booked)
    with database.reading() as session:
        [handover] = service.handovers_of_booking(session, booked)
        assert handover.returned_to == "Person lead"


def test_what_is_overdue_stands_on_top(signed_in: FlaskClient, database: Database) -> None:
    """The book begins with the keys that should be back, with who has them."""
    with database.transaction() as session:
        key = service.add_key(session, KeyRingEntry(label="Werkstatt"))
        late = HandoverEntry(holder_name="Mirko Petrov", due_at=now() - timedelta(hours=1))
        service.hand_out(session, key.id, late, now=now() - timedelta(days=1))
    page = signed_in.get("/schluessel").text
    assert page.index('class="overdue"') < page.index("Mirko Petrov") < page.index('class="keys"')


def test_a_key_that_is_out_is_refused_with_its_holder(signed_in: FlaskClient, database: Database) -> None:
    """Nothing typed is lost, and the page says with whom the key is."""
    with database.transaction() as session:
        key_id = service.add_key(session, KeyRingEntry(label="Werkstatt")).id
        service.hand_out(session, key_id, HandoverEntry(holder_name="Mirko Petrov"), now=now())
    answer = signed_in.post("/schluessel/ausgeben", data={"key_id": key_id, "holder_name": "Ülkü Yıldız"})
    assert answer.status_code == 409
    assert "Mirko Petrov" in answer.text
    assert 'value="Ülkü Yıldız"' in answer.text


def test_opened_and_closed_are_noted_for_a_group(signed_in: FlaskClient, booked: str, database: Database) -> None:
    """A time of the clock is that of the booking's day; what was not in order is said in words."""
    assert signed_in.post(f"/schluessel/eigenregie/{booked}/geoeffnet", data={"opened": "00:00"}).status_code == 302
    wrong = signed_in.post(f"/schluessel/eigenregie/{booked}/geschlossen", data={"in_order": "no"})
    assert wrong.status_code == 302
    with database.reading() as session:
        opening = service.find_opening(session, booked)
        assert opening is not None
        day = now().astimezone(ZONE).date()
        assert opening.opened_at == local_day(day, ZONE)[0]
        assert opening.closed_at is None
    said = {"in_order": "no", "left_how": "Fenster klemmt"}
    signed_in.post(f"/schluessel/eigenregie/{booked}/geschlossen", data=said)
    assert "Fenster klemmt" in signed_in.get(f"/buchungen/{booked}").text


def test_keys_are_entered_by_those_who_arrange_the_house(sign_in: Callable[..., FlaskClient]) -> None:
    """A volunteer hands keys out but makes none; a tenant sees nothing of the book."""
    said = {"label": "Ring 1", "copies": "3", "in_use": "y"}
    assert sign_in(Role.VOLUNTEER).post("/schluessel/neu", data=said).status_code == 403
    assert sign_in(Role.OFFICE).post("/schluessel/neu", data=said).status_code == 302
    assert "Ring 1" in sign_in(Role.RECEPTION).get("/schluessel").text
    assert sign_in(Role.TENANT).get("/schluessel").status_code == 403


def test_a_booking_without_keys_in_the_house_shows_no_panel(signed_in: FlaskClient, database: Database) -> None:
    """A house that keeps no key book is not asked about keys."""
    with database.transaction() as session:
        booking_id = make_booking(session, now=now(), day=now().astimezone(ZONE).date()).id
        assert bookings.get_booking(session, booking_id)
    assert "keys-panel" not in signed_in.get(f"/buchungen/{booking_id}").text


def test_the_page_of_today_asks_for_a_missing_closing_and_for_overdue_keys(
    sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    """The next morning whoever opens the house is told; both lead to where it is noted."""
    with database.transaction() as session:
        yesterday = now().astimezone(ZONE).date() - timedelta(days=1)
        said = {"kind": BookingKind.SELF_MANAGED, "title": "Schach"}
        booking_id = make_booking(session, day=yesterday, now=now(), **said).id
        key = service.add_key(session, KeyRingEntry(label="Werkstatt"))
        late = HandoverEntry(holder_name="Mirko Petrov", due_at=now() - timedelta(hours=1))
        service.hand_out(session, key.id, late, now=now() - timedelta(days=1))
    client = sign_in(Role.RECEPTION)
    page = client.get("/heute").text
    assert f"/buchungen/{booking_id}" in page
    assert 'href="/schluessel"' in page
    client.post(f"/schluessel/eigenregie/{booking_id}/geschlossen", data={"in_order": "yes"})
    assert "geschlossen notiert" not in client.get("/heute").text
