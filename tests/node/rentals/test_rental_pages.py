"""Fee classes, house rules and the rental of a booking, as staff use them."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from node.bookings import service as bookings
from node.bookings.service import BookingEntry
from node.core.accounts import Role
from node.rentals import service
from node.rentals.service import FeeClassEntry
from shared.database import Database
from shared.records.bookings import BookingKind
from tests.factories import DAY, NOW, local_slot, make_space


@pytest.fixture
def rented(database: Database) -> str:
    """A rental of a hall with a price and a deposit, and rules in force; returns the booking's id."""
    with database.transaction() as session:
        usual = service.add_fee_class(
            session, FeeClassEntry(key="feste", name="Private Feste", hour_cents=1500, deposit_cents=10000)
        )
        service.write_rules(session, "Niemand wird ausgegrenzt.\n\nUm 22 Uhr ist es leise.", DAY, now=NOW)
        entry = BookingEntry(
            space_id=make_space(session, "Großer Saal").id,
            slot=local_slot("10:00", "14:00"),
            kind=BookingKind.RENTAL,
            title="Taufe",
            contact_name="Ülkü Yıldız",
            fee_class_id=usual.id,
        )
        return bookings.take_booking(session, entry, now=NOW).id


def test_a_fee_class_is_entered_in_euros(signed_in: FlaskClient, database: Database) -> None:
    """12,50 is twelve euros fifty; nonsense is told beside its field and nothing typed is lost."""
    said = {"name": "Vereine", "key": "vereine", "hour_cents": "12,50", "deposit_cents": "1.000,00", "offered": "y"}
    wrong = signed_in.post("/vermietung/neu", data={**said, "day_cents": "viel"})
    assert wrong.status_code == 422
    assert 'value="viel"' in wrong.text
    assert signed_in.post("/vermietung/neu", data=said).status_code == 302
    with database.reading() as session:
        kept = service.find_fee_class(session, "vereine")
        assert kept is not None
        assert (kept.hour_cents, kept.day_cents, kept.deposit_cents) == (1250, None, 100000)
    assert signed_in.post("/vermietung/neu", data=said).status_code == 422


def test_the_first_rules_begin_with_a_draft_and_later_ones_with_the_last(signed_in: FlaskClient) -> None:
    """Nobody starts from an empty sheet; each version stays to be read."""
    assert "demokratischen Grundordnung" in signed_in.get("/vermietung/hausordnung/neu").text
    text = "Alle sind willkommen, und alle räumen hinterher wieder auf."
    for words in (text, f"{text} Danke."):
        said = {"text": words, "valid_from": DAY.isoformat()}
        assert signed_in.post("/vermietung/hausordnung/neu", data=said).status_code == 302
    assert "Danke." not in signed_in.get("/vermietung/hausordnung/1").text
    assert "Danke." in signed_in.get("/vermietung/hausordnung/2").text
    assert signed_in.get("/vermietung/hausordnung/99999999999999999999").status_code == 404
    assert "Danke." in signed_in.get("/vermietung/hausordnung/neu").text
    assert signed_in.get("/vermietung/hausordnung/9").status_code == 404


def test_the_form_shows_the_price_before_booking(signed_in: FlaskClient, database: Database, rented: str) -> None:
    """With and without the script: three hours at fifteen euros are forty-five."""
    with database.reading() as session:
        booking = bookings.get_booking(session, rented)
        fee_class = service.find_fee_class(session, "feste")
        assert fee_class is not None
        said = {"space_id": booking.space_id, "day": DAY.isoformat(), "starts": "15:00", "ends": "18:00"}
        said |= {"kind": "rental", "fee_class_id": fee_class.id}
    assert signed_in.get("/buchungen/preis.json", query_string=said).json == {"price": "45,00\xa0€"}
    page = signed_in.post("/buchungen/neu", data={**said, "show": "price"})
    assert page.status_code == 200
    assert "45,00" in page.text


def test_the_agreement_has_all_that_is_signed(signed_in: FlaskClient, rented: str) -> None:
    """Space, price, deposit, responsible person, rules and two lines to sign stand on one page."""
    signed_in.post(f"/buchungen/{rented}/miete/verantwortlich", data={"name": "Can Yıldız", "address": "Am Hof 1"})
    page = signed_in.get(f"/buchungen/{rented}/mietvertrag").text
    for words in ("Großer Saal", "60,00", "100,00", "Can Yıldız", "Am Hof 1", "Um 22 Uhr ist es leise."):
        assert words in page
    assert page.count('class="agreement__line"') == 2


def test_deposit_and_rules_are_noted_with_who_did(signed_in: FlaskClient, rented: str) -> None:
    """Paid, accepted, given back: the page of the rental tells each."""
    address = f"/buchungen/{rented}/miete"
    assert 'value="100,00"' in signed_in.get(address).text
    assert signed_in.post(f"{address}/kaution", data={"cents": "80,00"}).status_code == 302
    assert signed_in.post(f"{address}/kaution", data={"cents": "80,00"}).status_code == 422
    assert signed_in.post(f"{address}/hausordnung", data={"accepted_by": "Can Yıldız"}).status_code == 302
    assert signed_in.post(f"{address}/kaution-zurueck", data={"note": "Ein Glas, 5 €"}).status_code == 302
    page = signed_in.get(address).text
    assert "80,00" in page
    assert re.search(r"Can Yıldız.*1", page)
    assert "Ein Glas, 5 €" in page


@pytest.mark.parametrize("address", ["miete", "mietvertrag"])
def test_money_is_for_those_who_decide(sign_in: Callable[..., FlaskClient], rented: str, address: str) -> None:
    """A volunteer at the counter sees neither deposit nor agreement."""
    assert sign_in(Role.VOLUNTEER).get(f"/buchungen/{rented}/{address}").status_code == 403
    assert sign_in(Role.RECEPTION).get(f"/buchungen/{rented}/{address}").status_code == 200
