"""The start page of staff."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.core.accounts import Role
from node.programme import service as programme
from node.programme.service import EventEntry
from node.recovery.models import RecoveryOffer
from node.visits import service as visits
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import Slot
from shared.time import now, to_wire
from tests.factories import make_space


def test_the_door_leads_staff_to_today_and_visitors_to_the_house(client: FlaskClient, signed_in: FlaskClient) -> None:
    """Both begin at the same address."""
    assert client.get("/").location == "/haus"
    assert signed_in.get("/").location == "/heute"
    assert client.get("/heute").status_code == 302


def test_an_empty_house_says_what_will_appear(signed_in: FlaskClient) -> None:
    """Nothing booked, nothing published: each card says how to begin."""
    page = signed_in.get("/heute").text
    assert "Buchung aufnehmen" in page
    assert "Veranstaltung hinzufügen" in page


def test_today_shows_events_bookings_and_visits(signed_in: FlaskClient, database: Database) -> None:
    """What began an hour ago and the visitor just counted are there; tomorrow's event is not."""
    at = now()
    slot = Slot(at, at + timedelta(minutes=1))
    with database.transaction() as session:
        space = make_space(session, name="Kaminzimmer")
        programme.create_event(session, EventEntry(title="Reparaturcafé", slot=slot), now=at, publish=True)
        later = Slot(at + timedelta(days=2), at + timedelta(days=2, hours=1))
        programme.create_event(session, EventEntry(title="Sommerfest", slot=later), now=at, publish=True)
        bookings.take_booking(session, BookingEntry(space_id=space.id, slot=slot, title="Chor"), now=at)
        tap = {"id": new_id(), "kind": "event", "target_group": "", "counted_at": to_wire(at), "step": 1}
        visits.record_taps(session, [tap], at)
    page = signed_in.get("/heute").text
    assert "Reparaturcafé" in page
    assert "Sommerfest" not in page
    assert "Kaminzimmer" in page
    assert "Chor" in page
    assert '<p class="today__number">1</p>' in page


def test_who_may_not_see_persons_reads_no_name_and_is_led_nowhere_closed(
    sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    """A booking without a title is told by its kind; only those who write the programme are invited to."""
    at = now()
    with database.transaction() as session:
        entry = BookingEntry(
            space_id=make_space(session).id, slot=Slot(at, at + timedelta(minutes=1)), contact_name="Mirko Petrov"
        )
        bookings.take_booking(session, entry, now=at)
    office, volunteer = (sign_in(role).get("/heute").text for role in (Role.OFFICE, Role.VOLUNTEER))
    assert "Mirko Petrov" in office
    assert "/programm/neu" in office
    assert "Mirko Petrov" not in volunteer
    assert "/programm/neu" not in volunteer


def test_open_recoveries_are_announced(signed_in: FlaskClient, database: Database) -> None:
    """Somebody has to decide; the page leads there."""
    assert "wiederherzustellen" not in signed_in.get("/heute").text
    with database.transaction() as session:
        offer = {"centre_id": "alt-hamborn", "of_collection": "spaces", "record_id": new_id(), "schema_version": 1}
        session.add(RecoveryOffer(**offer, payload="", found_at=now()))
    assert "wiederherzustellen" in signed_in.get("/heute").text
