"""`stadtherz-hub city load`: districts and quarters from a table or a GeoJSON."""

import pytest

from deploy.demo import schematic_map
from deploy.demo.quarters import QUARTERS
from hub.city import queries
from hub.city.commands import load_geojson, load_table
from hub.city.matching import Level
from hub.city.queries import Part
from shared.database import Database
from shared.errors import ConfigError


@pytest.mark.parametrize(
    "table",
    [
        b"Stadtbezirk;Stadtteil\nHamborn;Marxloh\nHamborn;Neum\xc3\xbchl\nMitte;Hochfeld\n",
        b"\xef\xbb\xbfdistrict,quarter\r\nHamborn,Marxloh\r\nHamborn, Neum\xc3\xbchl \r\n\r\nMitte,Hochfeld",
        "Hamborn\tMarxloh\nHamborn\tNeumühl\nMitte\tHochfeld".encode(),
    ],
)
def test_a_table_makes_the_city(database: Database, table: bytes) -> None:
    """With a head or without, whatever separates its columns."""
    with database.transaction() as session:
        assert load_table(session, table) == "2 districts and 3 quarters are the city's now."
    with database.reading() as session:
        assert queries.listed_quarters(session) == [
            Part("Marxloh", "Hamborn"), Part("Neumühl", "Hamborn"), Part("Hochfeld", "Mitte"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"Hamborn;Marxloh\nMitte;\n", "line 2"),
        (b"Hamborn;Marxloh\nMitte;Marxloh\n", "twice here: Marxloh"),
        (b"Stadtbezirk;Stadtteil\n", "no districts"),
        ("Süd;Hüttenheim".encode("latin-1"), "UTF-8"),
        (b'Hamborn;"' + b"x" * 200_000, "no table"),
    ],
)
def test_a_table_that_cannot_be_is_refused(database: Database, table: bytes, said: str) -> None:
    """With the line that is meant, and nothing is changed."""
    with database.transaction() as session, pytest.raises(ConfigError, match=said):
        load_table(session, table)


def test_a_geojson_brings_the_city_and_its_shapes(database: Database) -> None:
    """The schematic file of the demo founds a whole city."""
    content = schematic_map.FILE.read_bytes()
    with database.transaction() as session:
        told = load_geojson(session, content, "a.geojson", "us", is_schematic=True)
    assert told == "7 districts and 46 quarters are the city's now. 53 shapes are on the map."
    with database.reading() as session:
        assert queries.listed_districts(session) == list(QUARTERS)
        assert all(shape.is_schematic for shape in queries.shapes(session, Level.QUARTER))


def test_a_quarter_keeps_its_shape_when_its_district_is_renamed(database: Database) -> None:
    """Only the district's own shape goes with its old name."""
    with database.transaction() as session:
        load_geojson(session, schematic_map.FILE.read_bytes(), "a.geojson", "us", is_schematic=True)
    lines = [f"Duisburg-{district};{name}" for district, names in QUARTERS.items() for name in names]
    with database.transaction() as session:
        load_table(session, "\n".join(lines).encode())
    with database.reading() as session:
        assert [name.partition("-")[2] for name in queries.listed_districts(session)] == list(QUARTERS)
        assert len(queries.shapes(session, Level.QUARTER)) == 46
        assert queries.shapes(session, Level.DISTRICT) == []


def test_what_is_not_recognised_is_told(database: Database) -> None:
    """A file of shapes alone changes no list of the city."""
    plain = schematic_map.FILE.read_bytes().replace(b'"level"', b'"rank"').replace(b'"district":', b'"lies_in":')
    with database.transaction() as session:
        load_table(session, b"Hamborn;Marxloh")
        told = load_geojson(session, plain, "a.geojson", "", is_schematic=False)
    assert told.startswith("2 shapes are on the map. Not recognised, left out: ")
    with database.reading() as session:
        assert queries.listed_districts(session) == ["Hamborn"]


def test_a_file_that_is_no_map_is_refused(database: Database) -> None:
    """In a word, on one line."""
    with database.transaction() as session, pytest.raises(ConfigError, match=r"a.geojson: not json\."):
        load_geojson(session, b"PK", "a.geojson", "", is_schematic=False)
