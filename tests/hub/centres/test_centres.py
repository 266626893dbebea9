"""All houses of the city by district, and the districts themselves."""

from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from hub.centres import queries
from hub.centres.models import Centre
from hub.city.queries import districts
from hub.city.service import plant_districts
from shared.database import Database
from shared.ids import new_id

DUISBURG = ("Walsum", "Hamborn", "Meiderich/Beeck", "Homberg/Ruhrort/Baerl", "Mitte", "Rheinhausen", "Süd")


def put(session: Session, centre_id: str, district: str, name: str) -> None:
    record = {"centre_id": centre_id, "id": new_id(), "kind": "stadtteilbuero", "name": name, "district": district}
    session.connection().execute(insert(Centre.__table__), [record])


def test_districts_stand_in_the_city_s_order(database: Database) -> None:
    """A district that only a centre names comes after them; planting again reorders."""
    with database.transaction() as session:
        plant_districts(session, DUISBURG)
        put(session, "a", "Neudorf", "Haus A")
        put(session, "b", "Mitte", "Haus B")
    with database.reading() as session:
        assert districts(session) == [*DUISBURG, "Neudorf"]
    with database.transaction() as session:
        plant_districts(session, reversed(DUISBURG[1:]))
    with database.reading() as session:
        assert districts(session) == [*reversed(DUISBURG[1:]), "Neudorf"]


def test_the_list_shows_every_district_and_its_houses(client: FlaskClient, database: Database) -> None:
    """A district without a centre says so."""
    with database.transaction() as session:
        plant_districts(session, DUISBURG)
        put(session, "alt-hamborn", "Hamborn", "Stadtteilbüro Alt-Hamborn")
    page = client.get("/zentren").text
    assert "Stadtteilbüro Alt-Hamborn" in page
    assert page.index("Walsum") < page.index("Hamborn")
    assert "Hier gibt es noch kein Zentrum." in page
    assert "1 Stadtteilzentrum" in page


def test_a_house_is_found_however_its_name_is_typed(client: FlaskClient, database: Database) -> None:
    """By the beginnings of its words; districts without a hit vanish."""
    with database.transaction() as session:
        put(session, "a", "Hamborn", "Stadtteilbüro Alt-Hamborn")
        put(session, "b", "Süd", "Haus der Vielfalt")
    page = client.get("/zentren?q=stadtteilbuero+hamb").text
    assert "Alt-Hamborn" in page
    assert "Haus der Vielfalt" not in page
    assert "Kein Zentrum passt." in client.get("/zentren?q=xyz").text
    assert "Haus der Vielfalt" in client.get("/zentren?bezirk=Süd").text


def test_an_empty_network_says_what_will_appear(client: FlaskClient) -> None:
    """Before the first centre has joined."""
    assert "Noch ist kein Zentrum dabei." in client.get("/zentren").text


def test_a_profile_that_came_twice_is_one_house(database: Database) -> None:
    """The lower id counts, everywhere alike."""
    with database.transaction() as session:
        put(session, "a", "Mitte", "Erster")
        put(session, "a", "Mitte", "Zweiter")
        assert queries.names(session) == [("a", "Erster")]
        assert [row.name for row in queries.listed(session)] == ["Erster"]
        assert queries.places(session, ["a"])["a"].name == "Erster"
        profile = queries.find_profile(session, "a")
        assert profile is not None
        assert profile.name == "Erster"
