"""A database comes back from a copy: the network heals, and what may be lost is offered, not forgotten."""

import pytest

from hub.core.db import LEDGER as HUB_LEDGER
from tests.system.brokers import make_broker
from tests.system.city import City, copy_database, running_city, wait_until


@pytest.fixture
def city(tmp_path):
    """Copies are taken of SQLite files; PostgreSQL's own backups are the administrator's."""
    with running_city(tmp_path, make_broker("embedded", tmp_path)) as running:
        yield running


def test_a_hub_restored_from_a_copy_fetches_the_rest(city: City) -> None:
    """Its cursor is lower than before; the centre takes it as it is and sends again."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(300)
    centre.desk.start()
    wait_until(centre.arrived, 60, "the first records")
    copy = copy_database(city.hub_database, city.folder / "hub-copy.sqlite")
    centre.add_spaces(300, "Später")
    centre.remove_spaces(50)
    wait_until(centre.arrived, 60, "what the copy does not have")

    city.hub.kill()
    city.swap_hub_database(copy)
    assert centre.hub_spaces() == 300
    centre.add_spaces(10, "Inzwischen")
    city.hub.start()
    wait_until(centre.arrived, 60, "agreement after the restore")
    centre.assert_same_records()
    assert centre.hub_spaces() == 560


def test_a_node_restored_from_a_copy_forks_and_the_hub_keeps_what_it_lost(city: City) -> None:
    """The centre goes on from its copy; every version that only the hub still has becomes a candidate."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(200)
    centre.desk.start()
    wait_until(centre.arrived, 60, "the first records")
    copy = copy_database(centre.database, city.folder / "node-copy.sqlite")
    centre.add_spaces(15, "Verloren")
    wait_until(centre.arrived, 60, "what the copy does not have")

    centre.desk.kill()
    centre.swap_database(copy)
    centre.add_spaces(30, "Danach")
    centre.desk.start()
    wait_until(centre.arrived, 60, "agreement after the restore")
    centre.assert_same_records()
    assert centre.hub_spaces() == 230
    with city.hub_database.reading() as session:
        lost = HUB_LEDGER.candidates(session, centre.feed)
    assert len(lost) == 15
    assert all("Verloren" in (candidate.payload or "") for candidate in lost)


def test_a_node_restored_without_working_on_is_noticed_too(city: City) -> None:
    """Even before its first new change the centre learns that the hub knows more than it does."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(20)
    centre.desk.start()
    wait_until(centre.arrived, 60, "the first records")
    copy = copy_database(centre.database, city.folder / "node-copy.sqlite")
    centre.rename_spaces(5, "Verlorener Name")
    wait_until(centre.arrived, 60, "what the copy does not have")

    centre.desk.kill()
    centre.swap_database(copy)
    centre.desk.start()
    wait_until(centre.arrived, 60, "agreement after the restore")
    centre.assert_same_records()
    with city.hub_database.reading() as session:
        lost = HUB_LEDGER.candidates(session, centre.feed)
    assert len(lost) == 5
