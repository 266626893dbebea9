"""The profile of the house: one record, written by its staff."""

from flask.testing import FlaskClient
from sqlalchemy import func, select

from node.centre import service
from node.centre.models import Centre
from node.centre.service import ProfileEntry
from shared.database import Database

TYPED = {
    "name": "Stadtteilbüro Alt-Hamborn",
    "kind": "stadtteilbuero",
    "district": "Hamborn",
    "street": "Hamborner Altmarkt 8",
    "latitude": "51,4893",
    "longitude": "6.7683",
    "languages": ["de", "tr"],
    "time_zone": "Europe/Berlin",
}


def test_an_empty_house_says_what_to_do(signed_in: FlaskClient) -> None:
    """Before anybody wrote the profile its page leads to the form."""
    assert "/zentrum/bearbeiten" in signed_in.get("/zentrum").text


def test_the_profile_is_written_and_shown(signed_in: FlaskClient, database: Database) -> None:
    """Numbers take a comma or a point; lists come back as words."""
    assert signed_in.post("/zentrum/bearbeiten", data=TYPED).status_code == 302
    with database.reading() as session:
        house = service.profile(session)
        assert house is not None
        assert (house.latitude, house.longitude, house.languages) == (51.4893, 6.7683, ("de", "tr"))
    page = signed_in.get("/zentrum").text
    assert "Hamborner Altmarkt 8" in page
    assert "Deutsch, Türkisch" in page


def test_a_second_profile_is_a_change_of_the_first(database: Database) -> None:
    """A house has one profile and its id never changes."""
    with database.transaction() as session:
        first = service.keep_profile(session, ProfileEntry(name="Alt", district="Hamborn")).id
    with database.transaction() as session:
        assert service.keep_profile(session, ProfileEntry(name="Neu", district="Hamborn")).id == first
        assert session.scalar(select(func.count()).select_from(Centre)) == 1


def test_wrong_values_are_explained_and_kept(signed_in: FlaskClient, database: Database) -> None:
    """A zone that does not exist and a latitude that is none are errors beside their fields."""
    wrong = {**TYPED, "latitude": "Norden", "time_zone": "Duisburg", "website": "stadtherz.de"}
    answer = signed_in.post("/zentrum/bearbeiten", data=wrong)
    assert answer.status_code == 422
    for name in ("latitude", "time_zone", "website"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="Norden"' in answer.text
    with database.reading() as session:
        assert service.profile(session) is None
