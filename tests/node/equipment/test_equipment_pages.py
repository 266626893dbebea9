"""The stock at the counter: what is free, what is out, what is overdue; lent and back with two touches."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from node.core.accounts import Role
from node.equipment import privacy, service
from node.equipment.models import Item, Reservation
from node.equipment.service import LendingEntry
from shared.database import Database
from shared.ids import new_id
from shared.records.bookings import Slot
from shared.time import now
from tests.factories import make_item

TOMORROW = (now() + timedelta(days=1)).date().isoformat()
LENDING = {"lent_to": "Nadia Haddad", "contact": "0203 555", "count": "1", "due_day": TOMORROW, "due": "18:00"}


def lent(database: Database, hours: int, *, name: str = "Nadia Haddad", given_out: bool = True) -> Reservation:
    """Lend a projector of which there is one; it is due in `hours` (before now: overdue)."""
    at = now()
    with database.transaction() as session:
        item = session.scalar(select(Item)) or make_item(session, "Beamer")
        slot = Slot(at + timedelta(hours=hours - 2), at + timedelta(hours=hours))
        entry = LendingEntry(item_id=item.id, count=1, slot=slot, lent_to=name, contact="0203 555")
        return service.lend(session, entry, now=slot.starts_at, given_out=given_out)


def test_an_empty_stock_says_what_it_is_for(signed_in: FlaskClient) -> None:
    """Whoever may, is offered to enter the first item."""
    assert "Noch keine Ausstattung" in signed_in.get("/ausstattung").text


def test_an_item_is_added_changed_and_retired(signed_in: FlaskClient, database: Database) -> None:
    """Forty chairs, two of which broke; at last they are gone."""
    signed_in.post("/ausstattung/neu", data={"name": "Stühle", "stock": "40", "place": "Keller", "lent_alone": "y"})
    with database.reading() as session:
        item_id = service.list_items(session)[0].id
    signed_in.post(f"/ausstattung/{item_id}/aendern", data={"name": "Klappstühle", "stock": "38"})
    shown = signed_in.get("/ausstattung").text
    assert "38 von 38 frei" in shown
    assert "nur mit Raum" in shown
    signed_in.post(f"/ausstattung/{item_id}/stilllegen")
    assert "Stillgelegt" in signed_in.get("/ausstattung").text
    signed_in.post(f"/ausstattung/{item_id}/oeffnen")
    assert "Stillgelegt" not in signed_in.get("/ausstattung").text


def test_too_small_a_stock_is_explained_beside_the_field(signed_in: FlaskClient, database: Database) -> None:
    """What is promised to a booking of tomorrow stands against it; what was typed stays."""
    at = now()
    with database.transaction() as session:
        item = make_item(session, stock=10)
        service.reserve(session, new_id(), item.id, 8, Slot(at + timedelta(hours=20), at + timedelta(hours=22)))
    answer = signed_in.post(f"/ausstattung/{item.id}/aendern", data={"name": "Stühle", "stock": "7"})
    assert answer.status_code == 422
    assert "Davon ist schon mehr zugesagt" in answer.text
    assert 'value="7"' in answer.text


def test_something_is_lent_and_comes_back(signed_in: FlaskClient, database: Database) -> None:
    """A name and one touch; another touch when it is back."""
    with database.transaction() as session:
        item = make_item(session, "Beamer")
    assert signed_in.post(f"/ausstattung/{item.id}/verleihen", data=LENDING).status_code == 302
    shown = signed_in.get("/ausstattung").text
    assert "0 von 1 frei" in shown
    assert "Nadia Haddad" in shown
    with database.reading() as session:
        lending = session.scalars(select(Reservation)).one()
        assert lending.given_out_by
    signed_in.post(f"/ausstattung/ausleihen/{lending.id}/zurueck")
    assert "1 von 1 frei" in signed_in.get("/ausstattung").text
    again = signed_in.post(f"/ausstattung/ausleihen/{lending.id}/zurueck", follow_redirects=True)
    assert "inzwischen jemand geändert" in again.text


def test_what_is_fetched_later_is_kept_fetched_or_freed(signed_in: FlaskClient, database: Database) -> None:
    """It waits in its own list until somebody says what became of it."""
    with database.transaction() as session:
        item = make_item(session, "Beamer", 2)
    later = LENDING | {"fetched_day": TOMORROW, "fetched": "10:00"}
    for _number in "12":
        signed_in.post(f"/ausstattung/{item.id}/verleihen", data=later)
    assert "Zurückgelegt bis zur Abholung" in signed_in.get("/ausstattung").text
    with database.reading() as session:
        one, other = session.scalars(select(Reservation)).all()
    signed_in.post(f"/ausstattung/ausleihen/{one.id}/abgeholt")
    signed_in.post(f"/ausstattung/ausleihen/{other.id}/absagen")
    shown = signed_in.get("/ausstattung").text
    assert "Zurückgelegt bis zur Abholung" not in shown
    assert "1 von 2 frei" in shown


def test_more_than_there_is_comes_back_with_what_is_free(signed_in: FlaskClient, database: Database) -> None:
    """Nothing typed is lost; the answer tells how many can be had."""
    with database.transaction() as session:
        item = make_item(session, "Tische", 4)
    answer = signed_in.post(f"/ausstattung/{item.id}/verleihen", data=LENDING | {"count": "5"})
    assert answer.status_code == 422
    assert "sind von „Tische“ nur 4 frei" in answer.text
    assert 'value="Nadia Haddad"' in answer.text
    lacking = signed_in.post(f"/ausstattung/{item.id}/verleihen", data=LENDING | {"lent_to": " "})
    assert "wer es ausleiht" in lacking.text


def test_overdue_lendings_stand_on_top_and_can_be_prolonged(signed_in: FlaskClient, database: Database) -> None:
    """The list begins with what should be back; a new day is agreed on its page."""
    late = lent(database, hours=-3)
    shown = signed_in.get("/ausstattung").text
    assert "Eine Ausleihe ist überfällig" in shown
    assert shown.index("überfällig") < shown.index("Was da ist")
    assert "Überfällig" in signed_in.get(f"/ausstattung/ausleihen/{late.id}").text
    assert "Eine Ausleihe ist überfällig" in signed_in.get("/heute").text
    signed_in.post(f"/ausstattung/ausleihen/{late.id}/verlaengern", data={"due_day": TOMORROW, "due": "18:00"})
    for page in ("/ausstattung", "/heute"):
        assert "Ausleihe ist überfällig" not in signed_in.get(page).text
    backwards = {"due_day": "2020-01-01", "due": "18:00"}
    answer = signed_in.post(f"/ausstattung/ausleihen/{late.id}/verlaengern", data=backwards)
    assert (answer.status_code, "innerhalb von 31 Tagen" in answer.text) == (422, True)


def test_volunteers_lend_but_do_not_read_who_has_what(sign_in: Callable[..., FlaskClient], database: Database) -> None:
    """Names are for those who may see persons; the stock is the office's business."""
    lending = lent(database, hours=5)
    volunteer = sign_in(Role.VOLUNTEER)
    for page in ("/ausstattung", f"/ausstattung/{lending.item_id}", f"/ausstattung/ausleihen/{lending.id}"):
        answer = volunteer.get(page)
        assert answer.status_code == 200
        assert "Haddad" not in answer.text
        assert "0203" not in answer.text
    assert volunteer.post(f"/ausstattung/ausleihen/{lending.id}/zurueck").status_code == 302
    assert volunteer.post("/ausstattung/neu", data={"name": "Stühle", "stock": "1"}).status_code == 403


def test_a_reservation_of_a_booking_has_no_page_of_a_lending(signed_in: FlaskClient, database: Database) -> None:
    """It is changed with its booking."""
    at = now()
    with database.transaction() as session:
        item = make_item(session)
        kept = service.reserve(session, new_id(), item.id, 1, Slot(at, at + timedelta(hours=1)))
    assert signed_in.get(f"/ausstattung/ausleihen/{kept.id}").status_code == 404
    assert signed_in.post(f"/ausstattung/ausleihen/{kept.id}/zurueck").status_code == 404
    assert "mit einer Buchung" in signed_in.get(f"/ausstattung/{item.id}").text


def test_a_borrower_is_found_and_forgotten(database: Database) -> None:
    """Who looks for herself finds her lending; that it was lent stays in the statistics."""
    back = lent(database, hours=-3)
    with database.transaction() as session:
        (found,) = privacy.find(session, "haddad")
        assert (found.id, found.about) == (back.id, "Beamer")
        assert privacy.export(session, back.id)["contact"] == "0203 555"
        with pytest.raises(privacy.StillOut):
            privacy.erase(session, back.id, now())
        service.take_back(session, back.id, now=now())
        privacy.erase(session, back.id, now())
        assert privacy.find(session, "haddad") == []
        assert service.get_reservation(session, back.id).count == 1
        privacy.erase(session, new_id(), now())


def test_names_of_what_came_back_long_ago_are_forgotten(database: Database) -> None:
    """Every night; what is still out keeps its name, and a second run finds nothing."""
    back = lent(database, hours=-30)
    with database.transaction() as session:
        service.take_back(session, back.id, now=now() - timedelta(hours=29))
    never = lent(database, hours=-20, given_out=False)
    out = lent(database, hours=-10)
    before = now() - timedelta(hours=1)
    with database.transaction() as session:
        assert privacy.expire(session, before, now()) == 2
        assert privacy.expire(session, before, now()) == 0
        names = {each.id: each.lent_to for each in session.scalars(select(Reservation))}
        assert names == {back.id: "", never.id: "", out.id: "Nadia Haddad"}


def test_who_asks_to_be_forgotten_before_fetching_gives_it_up(database: Database) -> None:
    """What nobody will fetch is free again."""
    kept = lent(database, hours=5, given_out=False)
    with database.transaction() as session:
        privacy.erase(session, kept.id, now())
        assert session.get(Reservation, kept.id) is None
