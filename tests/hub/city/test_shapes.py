"""Shapes of districts and quarters: read strictly, looked at, taken, replaced, removed."""

import io
import json
from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo import schematic_map
from deploy.demo.quarters import QUARTERS
from hub.city import geojson, geometry, matching, queries, shapes
from hub.city.geojson import BadFile, Trouble
from hub.city.matching import Level
from hub.city.service import plant_districts, plant_quarters
from hub.city.shapes import PlaceUnknown, TwoForOne
from hub.core.accounts import Role
from shared.database import Database
from tests.factories import NOW

SQUARE = [[6.7, 51.4], [6.8, 51.4], [6.8, 51.5], [6.7, 51.5], [6.7, 51.4]]


def area(name: str = "Marxloh", ring: Any = None, kind: str = "Polygon", **said: Any) -> dict[str, Any]:
    """Return a feature of a file."""
    coordinates = [SQUARE if ring is None else ring]
    geometry_ = {"type": kind, "coordinates": coordinates if kind == "Polygon" else [coordinates]}
    return {"type": "Feature", "properties": {"name": name, **said}, "geometry": geometry_}


def file_of(*areas: Any, **more: Any) -> bytes:
    """Return a file with these areas."""
    return json.dumps({"type": "FeatureCollection", "features": list(areas), **more}).encode()


@pytest.fixture
def duisburg(database: Database) -> Database:
    """The districts and quarters, without shapes."""
    with database.transaction() as session:
        plant_districts(session, QUARTERS)
        plant_quarters(session, QUARTERS)
    return database


def upload(client: FlaskClient, content: bytes, **said: str) -> Any:
    return client.post("/stadtgebiet/datei", data={"file": (io.BytesIO(content), "a.geojson"), **said})


def review_address(client: FlaskClient, content: bytes) -> str:
    answer = upload(client, content)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_duisburg_has_seven_districts_and_46_quarters() -> None:
    """Facts of the city; names are unique in it."""
    names = [name for of in QUARTERS.values() for name in of]
    assert (len(QUARTERS), len(names), len(set(names))) == (7, 46, 46)


def test_the_schematic_file_is_what_its_script_draws() -> None:
    """Whoever moves a quarter runs the script."""
    made = schematic_map.collection()
    assert json.loads(schematic_map.FILE.read_text(encoding="utf-8")) == made


def test_each_quarter_of_the_schematic_map_lies_around_its_middle() -> None:
    """And in no other; its district holds it."""
    found = {feature.said["name"]: feature for feature in geojson.read(schematic_map.FILE.read_bytes())}
    middles = {name: (lon, lat) for of in QUARTERS.values() for name, (lat, lon) in of.items()}
    for name, middle in middles.items():
        holding = {other for other, feature in found.items() if geometry.contains(feature.polygons, middle)}
        assert holding == {name, found[name].said["district"]}


@pytest.mark.parametrize(
    ("content", "trouble", "where"),
    [
        (b"", Trouble.NOT_JSON, 0),
        (b"PK\x03\x04 a shapefile in a zip", Trouble.NOT_JSON, 0),
        (b"[" * 200_000, Trouble.NOT_JSON, 0),
        (b"[]", Trouble.NOT_A_COLLECTION, 0),
        (b'{"type":"Feature"}', Trouble.NOT_A_COLLECTION, 0),
        (b'{"type":"FeatureCollection","features":{}}', Trouble.NOT_A_COLLECTION, 0),
        (file_of(), Trouble.EMPTY, 0),
        (b" " * (geojson.FILE_BYTES_MAX + 1), Trouble.TOO_LARGE, 0),
        (file_of(*[area()] * (geojson.AREAS_MAX + 1)), Trouble.TOO_MANY_AREAS, 0),
        (file_of(area(), {"type": "Feature", "properties": {}, "geometry": None}), Trouble.NOT_A_POLYGON, 2),
        (file_of({"geometry": {"type": "Point", "coordinates": [6, 51]}}), Trouble.NOT_A_POLYGON, 1),
        (file_of(area(kind="LineString")), Trouble.NOT_A_POLYGON, 1),
        (file_of(area(ring=[[6.7, "51"], [6.8, 51], [6.7, 52]])), Trouble.BAD_COORDINATES, 1),
        (file_of(area(ring=[[6.7, True], [6.8, 51], [6.7, 52]])), Trouble.BAD_COORDINATES, 1),
        (file_of(area(ring=[[6.7], [6.8, 51], [6.7, 52]])), Trouble.BAD_COORDINATES, 1),
        (file_of(area(ring=[])), Trouble.BAD_COORDINATES, 1),
        (file_of(area(ring=[[6.7, 91], [6.8, 51], [6.7, 52]])), Trouble.OUT_OF_RANGE, 1),
        (file_of(area(ring=[[344_000, 5_700_000], [345_000, 5_700_000], [344_000, 5_701_000]])), Trouble.PROJECTED, 1),
        (file_of(area(), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}), Trouble.PROJECTED, 0),
        (file_of(area(ring=[[6.7, 51], [6.8, 51], [6.7, 51]])), Trouble.TOO_FEW_POINTS, 1),
        (file_of(area(ring=[[6.7, 51], [6.8, 51], [6.9, 51]])), Trouble.NO_AREA, 1),
        (file_of(area(ring=[[6.7, 51], [6.8, 51.1], [6.9, 51]] * 107_000)), Trouble.TOO_MANY_POINTS, 0),
        (file_of(*[{"geometry": {"type": "Polygon", "coordinates": [SQUARE] * 130}}] * 40), Trouble.TOO_MANY_POINTS, 0),
        (file_of(area())[:-1] + b', "crs": ' + b"[" * 1020 + b"]" * 1020 + b"}", Trouble.PROJECTED, 0),
    ],
)
def test_what_is_no_map_is_refused(content: bytes, trouble: Trouble, where: int) -> None:
    """Each with its own word, and the area that is meant."""
    with pytest.raises(BadFile) as refused:
        geojson.read(content)
    assert (refused.value.trouble, refused.value.where) == (trouble, where)


def test_an_open_ring_is_closed_and_heights_are_dropped() -> None:
    """Programs forget both."""
    (feature,) = geojson.read(file_of(area(ring=[[*point, 31.5] for point in SQUARE[:-1]])))
    assert feature.polygons == [[[tuple(point) for point in SQUARE]]]


def test_nothing_but_names_and_shapes_is_kept(duisburg: Database) -> None:
    """Whatever else stands in a file stays there."""
    content = file_of(area(owner="Erika Mustermann", ids=[1, 2], note="secret"), name="list of owners")
    with duisburg.transaction() as session:
        draft = shapes.send(session, content, "a.geojson", NOW)
        assert set(json.loads(draft.areas)[0]) == {"name", "level", "known", "is_sure", "outline"}
        assert not {"Erika", "secret", "owners"} & set(draft.areas.replace('"', " ").split())


def test_many_points_are_thinned_and_the_shape_stays() -> None:
    """A circle of 20,000 points becomes one of a few, which has nearly the same area."""
    ring = [[6.75 + 0.05 * cos(2 * pi * i / 20_000), 51.45 + 0.03 * sin(2 * pi * i / 20_000)] for i in range(20_000)]
    (feature,) = geojson.read(file_of(area(ring=ring)))
    kept = feature.polygons[0][0]
    assert 20 < len(kept) < 200
    assert geometry.area(kept) == pytest.approx(pi * 0.05 * 0.03, rel=0.01)


def test_an_island_of_a_few_metres_may_have_thousands_of_points() -> None:
    """Drawn finer than any map shows it."""
    for number in (2_001, 3_000, 4_000, 9_000):
        turns = [2 * pi * place / number for place in range(number)]
        island = [[6.75 + 2e-5 * cos(turn), 51 + 2e-5 * sin(turn)] for turn in turns]
        (feature,) = geojson.read(file_of(area(ring=island)))
        assert geometry.area(feature.polygons[0][0]) > 0


def test_a_line_that_cannot_be_straightened_takes_no_square_of_time() -> None:
    """A saw whose teeth grow smaller is what Douglas and Peucker have most work with."""
    saw = [(place / 100, 80 * 0.995**place * (-1) ** place) for place in range(geometry.RING_POINTS_MAX - 1)]
    looks = 0

    class Counted(tuple[float, float]):
        __slots__ = ()

        def __getitem__(self, index: Any) -> Any:
            nonlocal looks
            looks += 1
            return super().__getitem__(index)

    geometry.thinned([Counted(point) for point in [*saw, saw[0]]], 0.0001)
    assert looks < 300 * len(saw)


def test_a_point_inside_a_horseshoe_is_inside() -> None:
    """The middle of its corners would not be."""
    ring = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (7.0, 9.0), (7.0, 2.0), (2.0, 2.0), (2.0, 9.0), (0.0, 9.0), (0.0, 0.0)]
    assert geometry.contains([[ring]], geometry.point_inside([[ring]]))
    assert not geometry.contains([[ring]], (4.5, 4.5))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
_POINTS = st.lists(st.lists(st.floats(-200, 200), min_size=1, max_size=4) | _VALUES, max_size=8)
_GEOMETRIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", 3]),
        "coordinates": st.lists(_POINTS, max_size=3) | _VALUES,
    }
)
_FEATURES = st.fixed_dictionaries({"properties": _VALUES, "geometry": _GEOMETRIES | _VALUES}) | _VALUES


@settings(max_examples=150, deadline=None)
@given(st.lists(_FEATURES, max_size=4) | _VALUES, _VALUES)
def test_no_file_brings_the_reader_down(features: Any, crs: Any) -> None:
    """It is read, or refused by name; what is read has closed rings on the earth."""
    content = json.dumps({"type": "FeatureCollection", "features": features, "crs": crs}).encode()
    try:
        found = geojson.read(content)
    except BadFile:
        return
    rings = [ring for feature in found for polygon in feature.polygons for ring in polygon]
    assert rings
    for ring in rings:
        assert ring[0] == ring[-1]
        assert len(set(ring)) >= 3
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(6, 7), st.floats(51, 52)), min_size=3, max_size=60, unique=True))
def test_every_area_has_a_place_for_its_name(points: list[tuple[float, float]]) -> None:
    """Whatever the ring looks like, the map can be drawn."""
    try:
        (feature,) = geojson.read(file_of(area(ring=[list(point) for point in points])))
    except BadFile:
        return
    x, y = geometry.point_inside(feature.polygons)
    assert 6 <= x <= 7
    assert 51 <= y <= 52


@pytest.mark.parametrize(
    ("written", "known", "is_sure"),
    [
        ("MARXLOH", "Marxloh", True),
        ("Kasslerfeld", "Kaßlerfeld", True),
        ("Neudorf Nord", "Neudorf-Nord", True),
        ("Obermeidrich", "Obermeiderich", False),
        ("Rumeln Kaldenhausn", "Rumeln-Kaldenhausen", False),
        ("Katernberg", "", False),
    ],
)
def test_names_are_matched(written: str, known: str, is_sure: bool) -> None:
    """Another spelling is the same; a slip is a suggestion; a stranger stays one."""
    features = geojson.read(file_of(area(written)))
    (found,) = matching.match_all(features, list(QUARTERS), [name for of in QUARTERS.values() for name in of])
    assert (found.known, found.is_sure) == (known, is_sure)


def test_the_property_with_the_names_is_found() -> None:
    """Wherever the land survey office writes them."""
    features = geojson.read(
        file_of(*(area("x", id=f"0551{i}", ORTSTEIL_LANG=name) for i, name in enumerate(QUARTERS["Hamborn"])))
    )
    assert matching.name_property(features, QUARTERS["Hamborn"]) == "ORTSTEIL_LANG"


def test_the_district_beside_each_quarter_is_not_taken_for_its_name() -> None:
    """Files of quarters often say the district of each, and it is a known name every time."""
    city = [*QUARTERS, *QUARTERS["Hamborn"]]
    features = geojson.read(file_of(*(area(name, BEZIRK="Hamborn") for name in ("Marxloh", "Neumühl", "x", "y"))))
    assert matching.name_property(features, city) == "name"


def test_a_file_is_looked_at_before_it_is_taken(duisburg: Database, signed_in: FlaskClient) -> None:
    """Nothing is on the map before; a slip is suggested, and chosen, a stranger left out."""
    content = file_of(area("Marxloh"), area("Obermeidrich"), area("Katernberg"))
    address = review_address(signed_in, content)
    with duisburg.reading() as session:
        assert queries.shapes(session, Level.QUARTER) == []
    page = signed_in.get(address).text
    assert "1 von 3 Flächen" in page
    assert 'value="quarter:Obermeiderich" selected' in page
    data = {"areas-0": "quarter:Marxloh", "areas-1": "quarter:Obermeiderich", "areas-2": ""}
    assert signed_in.post(address, data=data).status_code == 302
    with duisburg.reading() as session:
        assert [shape.name for shape in queries.shapes(session, Level.QUARTER)] == ["Marxloh", "Obermeiderich"]
    assert signed_in.get(address).status_code == 302  # it waits no more


@pytest.mark.parametrize("odd", [{"areas-²": "x"}, {"areas-x": "x"}, {"areas-1": "x", "areas-0": ""}, {}])
def test_an_odd_answer_about_a_file_takes_nothing(odd: Any, duisburg: Database, signed_in: FlaskClient) -> None:
    """What was not asked for in this way is no answer."""
    address = review_address(signed_in, file_of(area()))
    assert signed_in.post(address, data=odd).status_code == 400
    with duisburg.reading() as session:
        assert queries.shapes(session, Level.QUARTER) == []


def test_two_areas_cannot_be_the_same_quarter(duisburg: Database, signed_in: FlaskClient) -> None:
    """Neither by choice nor by the file."""
    address = review_address(signed_in, file_of(area("Marxloh"), area("Marxloh")))
    assert "zweimal in der Datei" in signed_in.get(address).text
    answer = signed_in.post(address, data={"areas-0": "quarter:Marxloh", "areas-1": "quarter:Marxloh"})
    assert answer.status_code == 422
    with duisburg.reading() as session:
        assert queries.shapes(session, Level.QUARTER) == []


def test_nobody_is_put_where_the_city_has_nothing(duisburg: Database) -> None:
    """A quarter that went since the page was drawn."""
    with duisburg.transaction() as session:
        draft = shapes.send(session, file_of(area()), "", NOW)
        with pytest.raises(PlaceUnknown):
            shapes.take(session, draft, [(Level.QUARTER, "Katernberg")], NOW)
        double = shapes.send(session, file_of(area(), area()), "", NOW)
        with pytest.raises(TwoForOne):
            shapes.take(session, double, [(Level.QUARTER, "Marxloh")] * 2, NOW)


def test_a_new_file_replaces_what_it_has_and_no_more(duisburg: Database) -> None:
    """The other shapes stay."""
    with duisburg.transaction() as session:
        for content in (file_of(area("Marxloh"), area("Fahrn")), file_of(area("Marxloh", [[1, 1], [2, 1], [2, 2]]))):
            draft = shapes.send(session, content, "", NOW)
            shapes.take(session, draft, shapes.recognised(shapes.areas_of(draft)), NOW)
            session.flush()
        found = {shape.name: shape.outline for shape in queries.shapes(session, Level.QUARTER)}
    assert found["Marxloh"] == [[[[1, 1], [2, 1], [2, 2], [1, 1]]]]
    assert found["Fahrn"] == [[SQUARE]]


def test_shapes_go_with_their_quarters_and_can_be_removed(duisburg: Database, signed_in: FlaskClient) -> None:
    """A dropped quarter leaves no shape behind."""
    with duisburg.transaction() as session:
        draft = shapes.send(session, schematic_map.FILE.read_bytes(), "", NOW)
        assert shapes.take(session, draft, shapes.recognised(shapes.areas_of(draft)), NOW) == 53
        plant_quarters(session, {"Hamborn": ["Marxloh"]})
    with duisburg.reading() as session:
        assert queries.shaped(session)[Level.QUARTER] == {"Marxloh"}
    assert signed_in.post("/stadtgebiet/entfernen/district").status_code == 302
    with duisburg.reading() as session:
        assert queries.shaped(session)[Level.DISTRICT] == set()
    assert signed_in.post("/stadtgebiet/entfernen/alles").status_code == 404


def test_drafts_that_nobody_took_go_after_a_day(duisburg: Database) -> None:
    """Files do not pile up."""
    with duisburg.transaction() as session:
        old = shapes.send(session, file_of(area()), "", NOW).id
    with duisburg.transaction() as session:
        shapes.send(session, file_of(area()), "", NOW + shapes.DRAFT_LASTS * 2)
        with pytest.raises(shapes.DraftUnknown):
            shapes.get_draft(session, old)


def test_a_wrong_file_is_explained(duisburg: Database, signed_in: FlaskClient) -> None:
    """What is wrong, in which area, and what to do."""
    answer = upload(signed_in, file_of(area(), area(ring=[[344_000, 5_700_000]] * 3)))
    assert answer.status_code == 422
    assert "Fläche 2" in answer.text
    assert "EPSG:4326" in answer.text


def test_a_name_cannot_carry_markup_onto_the_page(duisburg: Database, signed_in: FlaskClient) -> None:
    """Names of a file are text, in the picture too."""
    address = review_address(signed_in, file_of(area("<script>alert(1)</script>")))
    assert "<script>alert" not in signed_in.get(address).text


def test_shapes_are_of_those_who_set_standards(
    duisburg: Database, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    """An editor looks; social planning sends."""
    assert client.get("/stadtgebiet").status_code == 302
    editor = sign_in(Role.EDITOR)
    assert "Marxloh" in editor.get("/stadtgebiet").text
    assert upload(editor, file_of(area())).status_code == 403
    assert upload(sign_in(Role.PLANNER), file_of(area())).status_code == 302
