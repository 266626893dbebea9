"""What is near: own quarter, then the district, then the closest houses, without locating anybody."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.calendar.nearby import neighbours
from hub.centres.models import Centre
from hub.centres.queries import Position
from hub.city.service import plant_districts, plant_quarters
from shared.database import Database
from shared.time import now
from tests.hub.calendar.conftest import put_centre, put_event


@pytest.fixture
def city(database: Database) -> Database:
    """Houses in two quarters of Mitte, one in Süd close by, one in Walsum far away."""
    soon = now() + timedelta(days=1)
    with database.transaction() as session:
        plant_districts(session, ["Walsum", "Mitte", "Süd"])
        plant_quarters(session, {"Mitte": ["Hochfeld", "Neudorf", "Kaßlerfeld"], "Süd": ["Wanheim"]})
        for centre, district, quarter, north in (
            ("hochfeld", "Mitte", "Hochfeld", 51.42),
            ("neudorf", "Mitte", "Neudorf", 51.43),
            ("wanheim", "Süd", "Wanheim", 51.40),
            ("walsum", "Walsum", "", 51.54),
        ):
            put_centre(session, centre, district, quarter=quarter, latitude=north, longitude=6.76)
            put_event(session, f"In {centre}", centre=centre, starts_at=soon)
    return database


def test_the_nearest_comes_first(client: FlaskClient, city: Database) -> None:
    """Quarter, district, neighbours by distance; nothing twice."""
    page = client.get("/in-der-naehe?ort=Hochfeld").text
    places = [page.index(f">In {centre}</a>") for centre in ("hochfeld", "neudorf", "wanheim", "walsum")]
    assert places == sorted(places)
    assert page.count(">In hochfeld</a>") == 1
    assert "etwa 2,2 km entfernt" in page


def test_a_district_is_a_place_too_and_a_quarter_without_a_house(client: FlaskClient, city: Database) -> None:
    """The district's houses are then the nearest that is known."""
    assert "In der Nähe: Mitte" in client.get("/in-der-naehe?ort=Mitte").text
    assert ">In wanheim</a>" in client.get("/in-der-naehe?ort=Kaßlerfeld").text


def test_an_unknown_place_is_said_and_asked_for_again(client: FlaskClient, city: Database) -> None:
    """Nothing is guessed."""
    page = client.get("/in-der-naehe?ort=Atlantis").text
    assert "»Atlantis«" in page
    assert "In hochfeld" not in page


def test_nothing_is_kept_unless_the_visitor_asks(client: FlaskClient, city: Database) -> None:
    """Then one cookie, for this page alone; one link forgets it."""
    assert "Set-Cookie" not in client.get("/in-der-naehe?ort=Hochfeld").headers
    cookie = client.get("/in-der-naehe/merken?ort=Hochfeld").headers["Set-Cookie"]
    assert "Path=/in-der-naehe" in cookie
    assert "HttpOnly" in cookie
    assert ">In hochfeld</a>" in client.get("/in-der-naehe").text
    client.get("/in-der-naehe/vergessen")
    assert ">In hochfeld</a>" not in client.get("/in-der-naehe").text


def test_only_a_place_of_the_city_is_remembered(client: FlaskClient, city: Database) -> None:
    """Nobody writes anything else into a visitor's browser."""
    assert client.get("/in-der-naehe/merken?ort=Atlantis").status_code == 404


def test_a_degree_to_the_east_is_shorter_than_one_to_the_north() -> None:
    """Over Duisburg by more than a third."""
    houses = [
        Position("own", "Mitte", "Hochfeld", 51.4, 6.7),
        Position("north", "A", "", 51.5, 6.7),
        Position("east", "B", "", 51.4, 6.8),
        Position("nowhere", "C", "", None, None),
    ]
    found = neighbours((51.4, 6.7), "Mitte", houses)
    assert [(house.centre_id, round(km, 1)) for km, house in found] == [("east", 6.9), ("north", 11.1)]


def test_without_any_position_there_is_no_near(client: FlaskClient, city: Database) -> None:
    """The place itself is shown all the same."""
    with city.transaction() as session:
        session.connection().execute(update(Centre).values(latitude=None))
    page = client.get("/in-der-naehe?ort=Hochfeld").text
    assert ">In hochfeld</a>" in page
    assert "entfernt" not in page
