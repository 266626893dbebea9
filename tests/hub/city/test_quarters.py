"""Quarters of the city: kept in its order, and joined by what centres write."""

from hub.centres.models import Centre
from hub.city.queries import Part, quarters
from hub.city.service import plant_districts, plant_quarters
from shared.database import Database
from shared.ids import new_id

CITY = {"Hamborn": ["Alt-Hamborn", "Marxloh"], "Mitte": ["Hochfeld"]}


def plant(database: Database, city: dict[str, list[str]]) -> None:
    with database.transaction() as session:
        plant_districts(session, city)
        plant_quarters(session, city)


def test_quarters_come_in_the_order_of_their_districts(database: Database) -> None:
    """First the districts' order, then the order within a district."""
    plant(database, CITY)
    with database.reading() as session:
        assert [part.quarter for part in quarters(session)] == ["Alt-Hamborn", "Marxloh", "Hochfeld"]
        assert quarters(session, "Mitte") == [Part("Hochfeld", "Mitte")]


def test_quarters_that_only_a_centre_names_come_last(database: Database) -> None:
    """A centre may write its quarter in a way that the city does not; it must not vanish."""
    plant(database, CITY)
    with database.transaction() as session:
        session.add(Centre(centre_id="a", id=new_id(), name="A", kind="other", district="Mitte", quarter="Dellviertel"))
    with database.reading() as session:
        assert quarters(session)[-1] == Part("Dellviertel", "Mitte")


def test_planting_again_moves_adds_and_drops(database: Database) -> None:
    """A reform of the districts is planted like the first list."""
    plant(database, CITY)
    plant(database, {"Hamborn": ["Marxloh"], "Mitte": ["Alt-Hamborn", "Neudorf"]})
    with database.reading() as session:
        assert [*quarters(session)] == [
            Part("Marxloh", "Hamborn"), Part("Alt-Hamborn", "Mitte"), Part("Neudorf", "Mitte"),
        ]  # fmt: skip
