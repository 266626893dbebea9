"""What the city shows of an event besides title and time: for whom, how many, in the reader's language."""

from flask.testing import FlaskClient
from sqlalchemy import insert

from hub.programme.models import EventText
from shared.database import Database
from shared.ids import new_id
from tests.hub.calendar.conftest import DAY, local, put_centre, put_event


def put_text(database: Database, event_id: str, language: str, title: str, centre: str = "alt-hamborn") -> None:
    """Put there what a house says about an event in another language, as ingest does."""
    said = {"language": language, "title": title, "summary": "", "description": ""}
    with database.transaction() as session:
        record = {"centre_id": centre, "id": new_id(), "event_id": event_id, **said}
        session.connection().execute(insert(EventText.__table__), [record])


def test_an_event_says_for_whom_and_how_many(client: FlaskClient, database: Database) -> None:
    """Age, places, registration and its end, partners; what nobody said is not there."""
    with database.transaction() as session:
        put_centre(session)
        full = put_event(
            session, age_min=6, age_max=12, capacity=15, registration="required", partners="Stadtbibliothek",
            registration_closes_at=local("09:00"),
        )  # fmt: skip
        plain = put_event(session, "Tanz")
    page = client.get(f"/veranstaltung/alt-hamborn/{full}").text
    for text in ("6 bis 12 Jahre", "15", "Nur mit Anmeldung, bis 23.11.2026, 09:00", "Stadtbibliothek"):
        assert text in page
    page = client.get(f"/veranstaltung/alt-hamborn/{plain}").text
    for text in ("Anmeldung", "Alter", "Gemeinsam mit"):
        assert text not in page


def test_a_reader_gets_the_own_language_where_the_house_has_it(client: FlaskClient, database: Database) -> None:
    """In the list and on the event's page; the words of another house's event are not taken for it."""
    with database.transaction() as session:
        put_centre(session)
        told, untold = put_event(session), put_event(session, "Chorprobe")
    put_text(database, told, "en", "Open breakfast")
    put_text(database, told, "tr", "Kahvaltı")
    put_text(database, untold, "en", "Something else", centre="mitte")
    german = client.get(f"/kalender?ab={DAY}").text
    assert "Offenes Frühstück" in german
    client.set_cookie("stadtherz_sprache", "en")
    english = client.get(f"/kalender?ab={DAY}").text
    for text in ("Open breakfast", "Chorprobe"):
        assert text in english
    for text in ("Offenes Frühstück", "Kahvaltı", "Something else"):
        assert text not in english
    assert "Open breakfast" in client.get(f"/veranstaltung/alt-hamborn/{told}").text
