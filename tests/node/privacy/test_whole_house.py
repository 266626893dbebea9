"""One guest in every corner of the house: found, exported, erased through the pages, and in no byte of the file."""

import re
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from node.bookings.models import Booking, Tenant
from node.equipment.models import Reservation
from node.keys.models import KeyHandover, KeyRing, Opening
from node.registration.models import Registration, State
from node.rentals.models import Rental
from shared.database import Database
from shared.records.bookings import BookingKind
from shared.time import now
from tests.factories import make_booking, make_event, make_item, make_space

NAME = "Ülkü Özgür-Weiß"
PHONE, MAIL = "0203 7777123", "uelkue.oezguer@nowhere.example"
LONG_AGO = (now() - timedelta(days=20)).date()


def live_through(database: Database) -> str:
    """Let the person book, rent, register, borrow, hold a key and close the house; the id of the booking."""
    at, then = now(), now() - timedelta(days=20)
    with database.transaction() as session:
        hall = make_space(session)
        said = {"contact_name": NAME, "contact_phone": PHONE, "contact_email": MAIL, "note": f"{NAME} bringt Kuchen"}
        booking = make_booking(session, hall, day=LONG_AGO, kind=BookingKind.RENTAL, title=f"Feier {NAME}", **said)
        event = make_event(session, day=LONG_AGO)
        key, item = KeyRing(label="Haustür"), make_item(session, stock=3)
        session.add(key)
        session.flush()
        session.merge(Rental(booking_id=booking.id, responsible_name=NAME, responsible_phone=PHONE))
        session.merge(Opening(booking_id=booking.id, opened_at=then, closed_at=then, closed_by=NAME, note=NAME))
        session.add_all(
            [
                Tenant(name=f"Chor {NAME}", contact_name=NAME, contact_phone=PHONE, contact_email=MAIL),
                KeyHandover(
                    key_id=key.id, copy_number=1, holder_name=NAME, holder_phone=PHONE, given_at=then, returned_at=then
                ),
                Reservation(
                    item_id=item.id, count=2, starts_at=then, ends_at=then + timedelta(hours=2), lent_to=NAME,
                    contact=PHONE, note=f"für {NAME}", given_out_at=then, returned_at=then,
                ),
                Registration(
                    event_id=event.id, reference="ABCD-2345", link_hash="0" * 64, state=State.REGISTERED, name=NAME,
                    phone=PHONE, email=MAIL, adults=2, needs="Rollstuhl", registered_at=then, queued_at=then,
                    changed_at=then,
                ),
            ]
        )  # fmt: skip
        assert at > then
        return booking.id


def bytes_of(database: Database) -> bytes:
    """Return everything that the files of the database hold."""
    assert database.url.database
    files = [Path(database.url.database + suffix) for suffix in ("", "-wal", "-shm")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_a_guest_is_forgotten_in_every_corner(signed_in: FlaskClient, database: Database) -> None:
    """All kinds find the person, the export has all of them, and after erasing no byte is left; what was counted is."""
    booking_id = live_through(database)
    assert NAME.encode() in bytes_of(database)
    found = signed_in.post("/datenschutz/person", data={"needle": "ülkü özgür"}).text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', found)
    kinds = {value.partition(":")[0] for value in chosen}
    assert kinds >= {"bookings", "rentals", "registrations", "lendings", "tenants", "key_handovers", "openings"}
    export = signed_in.post("/datenschutz/person/auskunft.json", data={"chosen": chosen}).text
    assert {PHONE in export, MAIL in export, NAME in export} == {True}
    erased = signed_in.post("/datenschutz/person/geloescht", data={"chosen": chosen}).text
    assert "Das bleibt vorerst" not in erased
    left = bytes_of(database)
    for words in (NAME, NAME.casefold(), PHONE, MAIL):
        assert words.encode() not in left
    with database.reading() as session:
        assert session.get_one(Booking, booking_id).kind == BookingKind.RENTAL
    again = signed_in.post("/datenschutz/person", data={"needle": "ülkü özgür"}).text
    assert "Hier ist nichts gespeichert" in again
