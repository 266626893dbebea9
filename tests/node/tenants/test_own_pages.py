"""The pages of a tenant: their own bookings and nobody else's."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.bookings import service
from node.bookings.models import Booking
from node.bookings.service import TenantEntry
from node.core.accounts import Account, Role
from node.keys import service as keys
from node.keys.service import HandoverEntry, KeyRingEntry
from node.rentals import service as rentals
from shared.database import Database
from shared.records.bookings import BookingKind, BookingState
from shared.time import now
from tests.factories import NOW, ZONE, make_booking, make_space


@pytest.fixture
def tomorrow() -> date:
    """A day on which requests are possible."""
    return now().astimezone(ZONE).date() + timedelta(days=1)


@pytest.fixture
def choir(sign_in: Callable[..., FlaskClient], database: Database) -> FlaskClient:
    """A client signed in with the account of a choir."""
    client = sign_in(Role.TENANT, "Chor der Vielen")
    with database.transaction() as session:
        account = session.scalars(select(Account).where(Account.role == Role.TENANT)).one()
        entry = TenantEntry(name="Chor", contact_name="Ülkü Yıldız", account_id=account.id)
        service.add_tenant(session, entry)
    return client


def tenant_id(database: Database) -> str:
    with database.reading() as session:
        return service.list_tenants(session)[0].id


def asking(space_id: str, day: date, start: str = "10:00", end: str = "12:00", **more: str) -> dict[str, str]:
    """Return what a tenant types."""
    said = {"space_id": space_id, "day": day.isoformat(), "starts": start, "ends": end, "title": "Probe"}
    return {**said, "kind": "self_managed", **more}


def test_a_tenant_asks_for_a_date_and_sees_it(choir: FlaskClient, database: Database, tomorrow: date) -> None:
    """From a free time to a request: it waits, and it is theirs."""
    with database.transaction() as session:
        hall = make_space(session, "Saal").id
    assert "/meine/anfragen?" in choir.get(f"/meine/frei?tag={tomorrow}").text
    assert choir.post("/meine/anfragen", data=asking(hall, tomorrow)).status_code == 302
    with database.reading() as session:
        [booking] = session.scalars(select(Booking)).all()
        assert (booking.state, booking.tenant_id) == (BookingState.REQUESTED, tenant_id(database))
        assert booking.contact_name == "Ülkü Yıldız"
    assert "Probe" in choir.get("/meine").text


def test_a_day_at_the_end_of_the_calendar_is_no_day(choir: FlaskClient) -> None:
    """Behind it there is no tomorrow to lead to."""
    assert choir.get("/meine/frei?tag=9999-12-31").status_code == 200


def test_of_others_a_tenant_sees_free_and_taken_only(choir: FlaskClient, database: Database, tomorrow: date) -> None:
    """Neither the day nor a refusal tells who has the space; another's booking is no page."""
    with database.transaction() as session:
        hall = make_space(session, "Saal")
        said = {"title": "Schuldnerberatung", "contact_name": "Mirko Petrov", "kind": BookingKind.RENTAL}
        other = make_booking(session, hall, "10:00", "12:00", tomorrow, **said).id
        hall_id = hall.id
    refused = choir.post("/meine/anfragen", data=asking(hall_id, tomorrow))
    assert refused.status_code == 409
    assert 'name="instead"' in refused.text
    for page in (refused.text, choir.get(f"/meine/frei?tag={tomorrow}").text, choir.get("/meine").text):
        assert "Schuldnerberatung" not in page
        assert "Petrov" not in page
    for address in (f"/meine/{other}", f"/buchungen/{other}", f"/buchungen?tag={tomorrow}", "/gruppen"):
        assert choir.get(address).status_code in (403, 404)
    for action in ("absagen", "geoeffnet", "geschlossen"):
        assert choir.post(f"/meine/{other}/{action}").status_code == 404


def test_house_rules_are_accepted_with_the_request(choir: FlaskClient, database: Database, tomorrow: date) -> None:
    """Without the tick the request is not sent, with it the version is noted."""
    with database.transaction() as session:
        hall = make_space(session, "Saal").id
        rentals.write_rules(session, "Alle räumen auf.", tomorrow - timedelta(days=9), now=NOW)
    assert choir.post("/meine/anfragen", data=asking(hall, tomorrow)).status_code == 422
    assert choir.post("/meine/anfragen", data=asking(hall, tomorrow, accepts="y")).status_code == 302
    with database.reading() as session:
        booking = session.scalars(select(Booking)).one()
        [accepted] = rentals.acceptances_of(session, booking.id)
        assert (accepted.accepted_by, accepted.version) == ("Ülkü Yıldız", 1)


def test_a_tenant_cancels_notes_closing_and_sees_their_keys(choir: FlaskClient, database: Database) -> None:
    """Everything about their own evening is done without the counter."""
    today = now().astimezone(ZONE).date()
    with database.transaction() as session:
        hall, mine = make_space(session, "Saal"), {"tenant_id": tenant_id(database), "kind": BookingKind.SELF_MANAGED}
        running = make_booking(session, hall, "00:15", "23:30", today, now=now(), **mine).id
        later = make_booking(session, hall, "10:00", "12:00", today + timedelta(days=7), now=now(), **mine).id
        key = keys.add_key(session, KeyRingEntry(label="Ring 7"))
        entry = HandoverEntry(holder_name="Ülkü", tenant_id=mine["tenant_id"])
        keys.hand_out(session, key.id, entry, now=now())
    assert "Ring 7" in choir.get("/meine").text
    choir.post(f"/meine/{running}/geoeffnet", data={})
    assert choir.post(f"/meine/{running}/geschlossen", data={"in_order": "no"}).status_code == 422
    choir.post(f"/meine/{running}/geschlossen", data={"in_order": "yes"})
    assert choir.post(f"/meine/{later}/absagen", data={"why": "Grippe"}).status_code == 302
    with database.reading() as session:
        opening = keys.find_opening(session, running)
        assert opening is not None
        assert opening.closed_by == "Chor der Vielen"
        gone = service.get_booking(session, later)
        assert (gone.state, gone.called_off_by, gone.reason) == (BookingState.CANCELLED, "booker", "Grippe")


def test_an_account_without_a_group_is_told_what_to_do(sign_in: Callable[..., FlaskClient]) -> None:
    """A fresh account is not an error; it has nothing of its own yet."""
    client = sign_in(Role.TENANT)
    assert client.get("/meine").status_code == 200
    assert client.get("/meine/anfragen").status_code == 404


def test_staff_keep_groups_and_the_lead_their_hours(sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """The office enters a group; hours are the lead's to set."""
    office, lead = sign_in(Role.OFFICE), sign_in(Role.LEAD)
    said = {"name": "Schachfreunde", "contact_name": "Mirko Petrov", "active": "y"}
    made = office.post("/gruppen/neu", data=said)
    assert made.status_code == 302
    assert office.post("/gruppen/neu", data=said).status_code == 422
    assert office.post(made.location, data={**said, "hours_week": "3"}).status_code == 422
    assert lead.post(made.location, data={**said, "hours_week": "3"}).status_code == 302
    assert office.post("/gruppen/kontingent", data={"hours_month": "9"}).status_code == 403
    assert lead.post("/gruppen/kontingent", data={"hours_month": "9"}).status_code == 302
    with database.reading() as session:
        assert service.quotas_of(session, tenant_id(database)) == {"week": 3, "month": 9}
    assert sign_in(Role.VOLUNTEER).get("/gruppen").status_code == 403
