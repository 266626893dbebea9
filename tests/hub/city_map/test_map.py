"""The city on a map: drawn on the server, for keyboards and screen readers too, with the same as a table."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

import hub.coverage
import hub.norm
from deploy.demo import seed_city_map
from deploy.demo.quarters import QUARTERS
from hub.centres.models import Centre
from hub.city.drawing import Projection
from hub.city.service import plant_districts
from hub.core.accounts import Role
from shared.database import Database
from shared.ids import new_id
from shared.time import now

LAYERS = ("zentren", "abdeckung", "norm", "angebote")


@pytest.fixture
def city(app: Flask, database: Database) -> Database:
    """Duisburg, schematic, with one house that says where it stands and one that does not."""
    with database.transaction() as session:
        plant_districts(session, QUARTERS)
        seed_city_map.plant(session, now())
        house = {"kind": "stadtteilzentrum", "district": "Mitte"}
        place = {"latitude": 51.417, "longitude": 6.752}
        session.add(Centre(centre_id="a", id=new_id(), name="Haus <A>", quarter="Hochfeld", **house, **place))
        session.add(Centre(centre_id="b", id=new_id(), name="Haus B", quarter="Duissern", **house))
    with app.test_request_context():
        hub.norm.catch_up()
        hub.coverage.catch_up()
    return database


def picture(page: str) -> ET.Element:
    """Return the map of a page; it has to be well-formed."""
    found = re.search(r'<svg class="map(?: map--few)?" .*?</svg>', page, re.DOTALL)
    assert found
    return ET.fromstring(found[0])


def test_visitors_see_districts_quarters_and_centres(city: Database, client: FlaskClient) -> None:
    """46 areas with their names, each a link; two houses; the source, and that it is schematic."""
    page = client.get("/karte").text
    areas = [link for link in picture(page).iter("a") if link.get("class") == "map__area"]
    assert len(areas) == 46
    assert all(link.get("href") and link.get("aria-label") for link in areas)
    assert "Hochfeld (Mitte): 1 Haus" in {link.get("aria-label") for link in areas}
    assert "Schematische Karte" in page
    assert seed_city_map.SOURCE in page


def test_a_house_without_a_position_stands_in_its_quarter(city: Database, client: FlaskClient) -> None:
    """And is drawn as one of which only that is known."""
    houses = {link.get("aria-label"): link.get("class") for link in picture(client.get("/karte").text).iter("a")}
    assert houses["Haus <A>, Stadtteilzentrum"] == "map__house"
    assert houses["Haus B, Stadtteilzentrum"] == "map__house map__house--rough"


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("areas", ["stadtteile", "bezirke"])
def test_the_table_says_what_the_picture_says(city: Database, signed_in: FlaskClient, layer: str, areas: str) -> None:
    """Every area of the picture has its row, with the same words."""
    page = signed_in.get(f"/karte?ebene={layer}&flaechen={areas}").text
    table = " ".join(page[page.index("<table") :].split())
    said = [link.get("aria-label") or "" for link in picture(page).iter("a") if link.get("class") == "map__area"]
    assert len(said) == (46 if areas == "stadtteile" else 7)
    for label in said:
        name, words = label.split(":", 1)
        assert f">{name.split(' (')[0]}</a>" in table
        assert f"<td>{words.strip()}</td>" in table


def test_each_pattern_of_the_map_is_in_its_legend(city: Database, signed_in: FlaskClient) -> None:
    """Nothing is told by a pattern that nobody explains."""
    for layer in LAYERS:
        page = signed_in.get(f"/karte?ebene={layer}").text
        legend = page[page.index('class="map-legend"') : page.index('<svg class="map" viewBox')]
        used = set(re.findall(r'map__edge" fill="url\(#karte-(\w+)\)', page[page.index('<svg class="map" viewBox') :]))
        assert used
        assert all(f"map__field--{pattern}" in legend for pattern in used)


def test_planning_layers_are_not_public(
    city: Database, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    """A visitor is not offered them, and asked to sign in by their address."""
    assert "abdeckung" not in client.get("/karte").text
    assert client.get("/karte?ebene=norm").location == "/anmelden?weiter=/karte?ebene%3Dnorm"
    assert sign_in(Role.EDITOR).get("/karte?ebene=norm").status_code == 200


def test_a_city_without_shapes_says_how_a_map_comes(client: FlaskClient, signed_in: FlaskClient) -> None:
    """To visitors and to those who can send them."""
    assert "Noch gibt es keine Karte" in client.get("/karte").text
    assert "/stadtgebiet" in signed_in.get("/karte").text


def test_a_square_kilometre_is_square_on_the_map() -> None:
    """At the latitude of the city a degree of longitude is shorter than one of latitude."""
    ring = [(6.70, 51.40), (6.7144, 51.40), (6.7144, 51.409), (6.70, 51.409), (6.70, 51.40)]
    project = Projection([[[ring]]])
    (west, south), (east, north) = project(ring[0]), project(ring[2])
    assert (east - west) == pytest.approx(south - north, rel=0.01)


@pytest.mark.parametrize("question", ["ebene=quer", "flaechen=welt", "thema=%00", "zielgruppe=" + "x" * 500])
def test_nonsense_in_the_address_is_no_mistake(city: Database, signed_in: FlaskClient, question: str) -> None:
    """The map is drawn as if nothing had been asked."""
    assert signed_in.get(f"/karte?{question}").status_code == 200
