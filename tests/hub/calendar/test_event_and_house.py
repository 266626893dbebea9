"""The page of an event in several languages, and that of a house with its rooms."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.filters import Filters
from hub.network.models import Member
from hub.opening_hours.models import OpeningHours
from hub.programme.models import EventText
from hub.spaces.models import Space, SpaceHours
from shared.database import Database
from shared.ids import new_id
from shared.time import now
from tests.hub.calendar.conftest import local, put_centre, put_event


def put_text(session: Session, event_id: str, language: str, title: str, **said: str) -> None:
    """Put the words of an event in another language there."""
    said = {"summary": "", "description": "", **said}
    record = {"centre_id": "alt-hamborn", "id": new_id(), "event_id": event_id, "language": language, "title": title}
    session.connection().execute(insert(EventText.__table__), [{**record, **said}])


def test_an_event_tells_its_languages_and_speaks_each(client: FlaskClient, database: Database) -> None:
    """The words are marked as what they are, for screen readers and right-to-left scripts."""
    with database.transaction() as session:
        event_id = put_event(session, "Sommerfest")
        put_text(session, event_id, "ar", "مهرجان", description="نحتفل")
        put_text(session, event_id, "en", "Summer fair")
    page = client.get(f"/veranstaltung/alt-hamborn/{event_id}").text
    assert "Das Zentrum schreibt dies auf:" in page
    assert f"/veranstaltung/alt-hamborn/{event_id}?text=ar" in page
    arabic = client.get(f"/veranstaltung/alt-hamborn/{event_id}?text=ar").text
    assert '<div class="prose" lang="ar" dir="auto"><p>نحتفل</p></div>' in arabic
    client.get("/sprache/en")
    assert '<h1 class="heading__title">Summer fair</h1>' in client.get(f"/veranstaltung/alt-hamborn/{event_id}").text
    german = client.get(f"/veranstaltung/alt-hamborn/{event_id}?text=de").text
    assert '<p class="event-page__title"' not in german
    assert "Summer fair" not in german.split("</h1>")[1].split("<nav")[0]


def test_an_event_is_found_by_its_other_languages(session: Session, index: Callable[[], int]) -> None:
    """Also when they come, change and go later than the event."""
    event_id = put_event(session, "Sommerfest")
    index()

    def found(words: str) -> list[str]:
        return [row.title for row in queries.listed(session, Filters(words=words), local("00:00"))]

    put_text(session, event_id, "tr", "Yaz şenliği")
    index()
    assert found("senligi") == ["Sommerfest"]
    session.execute(update(EventText).values(title="Bahar bayramı"))
    index()
    assert found("senligi") == []
    assert found("bahar") == ["Sommerfest"]
    other = put_event(session, "Lesung")
    session.execute(update(EventText).values(event_id=other))
    index()
    assert found("bahar") == ["Lesung"]
    session.connection().exec_driver_sql("DELETE FROM event_texts")
    index()
    assert found("bahar") == []


def test_registration_that_is_over_is_said(client: FlaskClient, database: Database) -> None:
    """Nobody calls in vain."""
    starts = now() + timedelta(days=3)
    with database.transaction() as session:
        closed = {"registration": "required", "registration_closes_at": now() - timedelta(hours=1)}
        over = put_event(session, "Zu spät", starts_at=starts, **closed)
        still = put_event(session, "Noch frei", starts_at=starts, registration="required")
    assert "Die Anmeldung ist beendet." in client.get(f"/veranstaltung/alt-hamborn/{over}").text
    assert "Die Anmeldung ist beendet." not in client.get(f"/veranstaltung/alt-hamborn/{still}").text


def test_a_house_tells_its_rooms_as_they_are(client: FlaskClient, database: Database) -> None:
    """Seating, features, parts, and when a guest space is free."""
    hall, guest = new_id(), new_id()
    plain = {"centre_id": "alt-hamborn", "kind": "multi_purpose"}
    with database.transaction() as session:
        put_centre(session)
        write = session.connection().execute
        write(
            insert(Space.__table__),
            [{**plain, "id": hall, "name": "Saal", "capacity_rows": 90, "features": ("stage",)}],
        )
        write(insert(Space.__table__), [{**plain, "id": new_id(), "name": "Halber Saal", "parent_id": hall}])
        school = {"is_guest_space": True, "host_building": "Grundschule", "self_managed": True}
        write(insert(Space.__table__), [{**plain, "id": guest, "name": "Aula", **school}])
        free = {"centre_id": "alt-hamborn", "id": new_id(), "space_id": guest, "weekday": 1}
        write(insert(SpaceHours.__table__), [{**free, "opens_local": "17:00", "closes_local": "21:00"}])
    page = client.get("/zentren/alt-hamborn").text
    for words in (
        "In Reihen: 90",
        "Bühne",
        "Teil von: Saal",
        "Grundschule",
        "Dienstag, 17:00–21:00",
        "selbst auf- und",
    ):
        assert words in page


def test_a_house_stands_under_the_houses(client: FlaskClient, database: Database) -> None:
    """The navigation marks where one came from: the list of houses, not the calendar."""
    with database.transaction() as session:
        put_centre(session)
    page = client.get("/zentren/alt-hamborn").text
    assert 'href="/zentren" aria-current="page"' in page
    assert 'href="/kalender" aria-current="page"' not in page


def test_a_house_says_that_it_is_open_and_until_when(client: FlaskClient, database: Database) -> None:
    """Hours that meet are one stretch."""
    with database.transaction() as session:
        put_centre(session)
        record = {"centre_id": "alt-hamborn", "weekday": None, "closed": False, "note": ""}
        for kind, opens, closes in (("open", "00:00", "12:00"), ("consultation", "12:00", "00:00")):
            hours = {**record, "id": new_id(), "kind": kind, "opens_local": opens, "closes_local": closes}
            session.connection().execute(insert(OpeningHours.__table__), [hours])
    page = client.get("/zentren/alt-hamborn").text
    assert "Jetzt geöffnet" in page


def test_an_earlier_address_of_a_house_leads_on(client: FlaskClient) -> None:
    """Links on paper and in other people's pages keep working."""
    answer = client.get("/zentrum/alt-hamborn")
    assert (answer.status_code, answer.location) == (301, "/zentren/alt-hamborn")


def test_a_house_is_late_for_itself_alone(client: FlaskClient, database: Database) -> None:
    """Told by its id: the network may know it by another name, and another house by the same."""
    at = now()
    with database.transaction() as session:
        for centre_id, age in (("silent", timedelta(days=3)), ("fresh", timedelta(minutes=1))):
            put_centre(session, centre_id, name="Nachbarschaftshaus")
            known = {"name": "Nachbarschaftshaus" if centre_id == "fresh" else "Haus am Hafen", "public_key": "k" * 60}
            session.add(Member(centre_id=centre_id, admitted_at=at, agreed_up_at=at - age, **known))
    assert "seit über einem Tag nicht gemeldet" in client.get("/zentren/silent").text
    assert "seit über einem Tag nicht gemeldet" not in client.get("/zentren/fresh").text
