"""Staff look after the city's themes; every centre gets them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.accounts import Role
from hub.themes import queries, service
from hub.themes.models import Theme
from hub.themes.service import ThemeNameTaken, ThemeNameUnusable, plant_first_themes
from shared.database import Database
from shared.records.themes import THEMES


@pytest.fixture
def planted(database: Database) -> Database:
    """A hub with the first themes."""
    with database.transaction() as session:
        plant_first_themes(session)
    return database


def themes_of(database: Database) -> dict[str, Theme]:
    with database.reading() as session:
        return {theme.key: theme for theme in session.scalars(select(Theme).order_by(Theme.rank))}


def test_a_new_city_has_the_themes_of_the_glossary(planted: Database) -> None:
    """Ten, in German and English, and each may travel."""
    themes = themes_of(planted)
    assert [theme.label_de for theme in themes.values()][:3] == ["Familie", "Bildung", "Willkommenskultur"]
    assert len(themes) == 10
    for theme in themes.values():
        wire = {name: getattr(theme, name) for name in THEMES.field_names}
        assert THEMES.checker.validate(wire) == {}


def test_planting_again_changes_nothing(planted: Database) -> None:
    """A city that has themes keeps its own."""
    with planted.transaction() as session:
        service.retire_theme(session.scalars(select(Theme).where(Theme.key == "sport")).one())
        plant_first_themes(session)
    themes = themes_of(planted)
    assert len(themes) == 10
    assert not themes["sport"].active


def test_a_new_theme_gets_a_key_of_its_own(planted: Database) -> None:
    """Made of the English name, at the end of the list, never one that was used."""
    with planted.transaction() as session:
        service.add_theme(session, "Wohnen", "Housing & rent")
        service.add_theme(session, "Größe", "")
        service.add_theme(session, "Sport im Park", "Sport")
    assert list(themes_of(planted))[-3:] == ["housing_rent", "groesse", "sport_2"]


def test_two_themes_of_one_name_are_refused(planted: Database) -> None:
    """Also if they differ in case only; a theme may keep its own name."""
    with planted.transaction() as session:
        with pytest.raises(ThemeNameTaken):
            service.add_theme(session, "familie", "")
        with pytest.raises(ThemeNameUnusable):
            service.add_theme(session, "!!!", "")
        family = session.scalars(select(Theme).where(Theme.key == "family")).one()
        service.rename_theme(session, family, "Familie", "Families")
    assert themes_of(planted)["family"].label_en == "Families"


def test_labels_follow_the_language(planted: Database) -> None:
    """German where nobody translated."""
    with planted.transaction() as session:
        service.add_theme(session, "Wohnen", "")
        assert queries.labels(session, "en")["family"] == "Family"
        assert queries.labels(session, "de")["family"] == "Familie"
        assert queries.labels(session, "en")["wohnen"] == "Wohnen"


def test_staff_add_rename_retire_and_bring_back(planted: Database, signed_in: FlaskClient) -> None:
    """Through the pages, as an editor does it."""
    signed_in.post("/themen/neu", data={"label_de": "Wohnen", "label_en": "Housing"})
    housing = themes_of(planted)["housing"]
    signed_in.post(f"/themen/{housing.id}", data={"label_de": "Wohnen und Miete", "label_en": "Housing"})
    signed_in.post(f"/themen/{housing.id}/zurueckziehen")
    retired = themes_of(planted)["housing"]
    assert (retired.label_de, retired.active) == ("Wohnen und Miete", False)
    assert "Zurückgezogen" in signed_in.get("/themen").text
    signed_in.post(f"/themen/{housing.id}/zurueckholen")
    assert themes_of(planted)["housing"].active


def test_a_taken_name_is_explained_and_kept(planted: Database, signed_in: FlaskClient) -> None:
    """The form comes back with what was typed."""
    page = signed_in.post("/themen/neu", data={"label_de": "Sport", "label_en": "Games"}).text
    assert "gibt es schon" in page
    assert 'value="Games"' in page


@pytest.mark.parametrize("role", [Role.PLANNER, Role.EDITOR])
def test_planners_and_editors_keep_the_themes(
    planted: Database, sign_in: Callable[..., FlaskClient], role: Role
) -> None:
    """Both write for the city; the page offers it to them."""
    client = sign_in(role)
    assert "/themen/neu" in client.get("/themen").text
    assert client.post("/themen/neu", data={"label_de": "Wohnen"}).status_code == 302


def test_visitors_are_asked_to_sign_in(client: FlaskClient, planted: Database) -> None:
    """The desk is for staff; a theme that is not there is not found."""
    assert client.get("/themen").status_code == 302


def test_a_theme_that_is_not_there_is_not_found(signed_in: FlaskClient) -> None:
    """Neither to rename nor to retire."""
    assert signed_in.get("/themen/nirgends").status_code == 404
    assert signed_in.post("/themen/nirgends/zurueckziehen").status_code == 404
