"""Who booked, rented, held a key: forgotten in time, found and erased on wish, statistics kept."""

from datetime import timedelta

import pytest

from node.bookings import privacy as of_bookings
from node.bookings import service as bookings
from node.bookings.privacy import BookingStillStands, DepositInHouse
from node.bookings.service import TenantEntry
from node.keys import privacy as of_keys
from node.keys import service as keys
from node.keys.service import HandoverEntry, KeyRingEntry
from node.rentals import service as rentals
from node.rentals.service import Responsible
from node.tenants import privacy as of_tenants
from shared.database import Database
from shared.records.bookings import BookingKind
from tests.factories import DAY, NOW, make_booking, make_space

PAST = DAY - timedelta(days=200)
SAID = {"title": "Geburtstag Helga", "contact_name": "Ülkü Yıldız", "contact_phone": "0203 1234567", "persons": 30}


def test_a_past_booking_is_anonymised_and_still_counted(database: Database) -> None:
    """Names go, time, space and number of people stay; a second run finds nothing; younger ones stay."""
    with database.transaction() as session:
        hall = make_space(session)
        old = make_booking(session, hall, day=PAST, kind=BookingKind.RENTAL, **SAID)
        young = make_booking(session, hall, kind=BookingKind.RENTAL, **SAID)
        before = NOW - timedelta(days=180)
        assert of_bookings.expire(session, before, NOW) == 1
        assert (old.contact_name, old.contact_phone, old.title, old.persons) == ("", "", "", 30)
        assert young.contact_name == "Ülkü Yıldız"
        session.flush()
        assert of_bookings.expire(session, before, NOW) == 0


def test_a_person_is_found_exported_and_erased_once_the_booking_is_over(database: Database) -> None:
    """A coming booking is cancelled first; the title goes too, for it may be where the name stands."""
    with database.transaction() as session:
        hall = make_space(session)
        made = make_booking(session, hall, kind=BookingKind.RENTAL, **SAID)
        own = make_booking(session, hall, "14:00", "15:00", day=PAST, title="Geburtstag Ülkü Yıldız")
        assert {found.id for found in of_bookings.find(session, "ülkü")} == {made.id, own.id}
        assert {found.id for found in of_bookings.find(session, "02031234567")} == {made.id}
        assert of_bookings.export(session, made.id)["contact_name"] == "Ülkü Yıldız"
        with pytest.raises(BookingStillStands):
            of_bookings.erase(session, made.id, NOW)
        bookings.cancel_booking(session, made.id, "krank", now=NOW)
        for booking in (made, own):
            of_bookings.erase(session, booking.id, NOW)
        assert of_bookings.find(session, "ülkü") == []
        assert (made.title, own.title) == ("", "")


def test_a_rental_is_forgotten_when_its_deposit_is_back(database: Database) -> None:
    """Somebody has to know whose money is in the box."""
    with database.transaction() as session:
        made = make_booking(session, day=PAST, kind=BookingKind.RENTAL)
        rentals.write_rules(session, "Erste Fassung", PAST, now=NOW)
        rentals.name_responsible(session, made.id, Responsible("Can Yıldız", address="Am Hof 1"))
        rentals.accept_rules(session, made.id, 1, "Can Yıldız", now=NOW)
        rentals.take_deposit(session, made.id, 5000, now=NOW)
        session.flush()
        assert of_bookings.expire_rentals(session, NOW, NOW) == 0
        with pytest.raises(DepositInHouse):
            of_bookings.erase_rental(session, made.id, NOW)
        rentals.return_deposit(session, made.id, now=NOW)
        session.flush()
        assert [found.name for found in of_bookings.find_rentals(session, "Yıldız")] == ["Can Yıldız"]
        assert of_bookings.expire_rentals(session, NOW, NOW) == 1
        session.flush()
        assert of_bookings.expire_rentals(session, NOW, NOW) == 0
        assert of_bookings.find_rentals(session, "Yıldız") == []
        kept = rentals.find_rental(session, made.id)
        assert kept is not None
        assert (kept.responsible_name, kept.deposit_cents) == ("", 5000)


def test_who_had_a_key_is_forgotten_after_it_came_back(database: Database) -> None:
    """A key that is out keeps its holder's name, however old the handover."""
    with database.transaction() as session:
        key = keys.add_key(session, KeyRingEntry(label="Saal"))
        given = keys.hand_out(session, key.id, HandoverEntry(holder_name="Can Yıldız"), now=NOW - timedelta(days=300))
        assert of_keys.expire(session, NOW, NOW) == 0
        with pytest.raises(of_keys.KeyStillOut):
            of_keys.erase(session, given.id, NOW)
        keys.take_back(session, given.id, now=NOW - timedelta(days=100))
        session.flush()
        assert of_keys.expire(session, NOW - timedelta(days=90), NOW) == 1
        session.flush()
        assert of_keys.expire(session, NOW - timedelta(days=90), NOW) == 0
        assert of_keys.find(session, "Yıldız") == []


def test_a_group_that_still_comes_is_not_forgotten(database: Database) -> None:
    """Only who no longer comes runs out; erasing waits for coming bookings."""
    with database.transaction() as session:
        choir = bookings.add_tenant(session, TenantEntry(name="Chor", contact_name="Can Yıldız"))
        made = make_booking(session, tenant_id=choir.id)
        with pytest.raises(of_tenants.TenantStillHere):
            of_tenants.erase(session, choir.id, NOW)
        assert of_tenants.expire(session, NOW + timedelta(days=900), NOW) == 0
        bookings.cancel_booking(session, made.id, "aufgelöst", now=NOW)
        choir.active = False
        session.flush()
        assert of_tenants.expire(session, NOW + timedelta(days=900), NOW) == 1
        session.flush()
        assert of_tenants.expire(session, NOW + timedelta(days=900), NOW) == 0
        assert of_tenants.find(session, "Chor") == []
