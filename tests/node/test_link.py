"""How the link stands, in every state that a page can show, from durable facts alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from node.core.db import LEDGER, Base
from node.link import LinkConfig, set_link, start, status
from node.link.models import LinkFacts
from node.spaces.models import Space
from shared import topics
from shared.broker import EmbeddedBroker
from shared.database import Database
from shared.errors import ConfigError
from shared.records.themes import ThemeColumns
from tests.linked import LinkedCentre, LinkedHub, Settings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CENTRE = "alt-hamborn"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A centre's database with its feed, not yet linked."""
    made = Database(f"sqlite:///{tmp_path / 'node.sqlite'}")
    Base.metadata.create_all(made.engine)
    LEDGER.watch(made)
    with made.transaction() as session:
        LEDGER.open_feed(session, topics.node_feed(CENTRE), "this machine")
    yield made
    made.dispose()


def add_facts(session: Session, **said: object) -> LinkFacts:
    """Write what a courier would have noted: connected since eleven, alive, all agreed."""
    usual = {
        "beat_at": NOON,
        "connected": True,
        "connected_changed_at": NOON - timedelta(hours=1),
        "hub_online": True,
        "agreed_at": NOON - timedelta(minutes=2),
    }
    facts = LinkFacts(id=1, **(usual | said))
    session.add(facts)
    return facts


def state_of(database: Database, now: datetime = NOON) -> tuple[str, datetime | None]:
    with database.reading() as session:
        found = status(session, now, LEDGER, CENTRE)
    return found.state, found.since


def test_a_house_that_was_never_connected_is_offline(database: Database) -> None:
    """Nobody knows since when, so nobody says it."""
    assert state_of(database) == ("offline", None)


def test_a_house_in_agreement_says_since_when(database: Database) -> None:
    """The last equal digests, and nothing waiting since."""
    with database.transaction() as session:
        add_facts(session)
    assert state_of(database) == ("agreed", NOON - timedelta(minutes=2))


def test_a_change_under_way_is_not_yet_a_delay(database: Database) -> None:
    """A change takes a fraction of a second; the page does not flicker."""
    with database.transaction() as session:
        add_facts(session, behind_since=NOON)
        session.add(Space(name="Saal", kind="kitchen"))
    assert state_of(database)[0] == "agreed"
    assert state_of(database, NOON + timedelta(seconds=5)) == ("delayed", NOON)
    with database.reading() as session:
        assert status(session, NOON, LEDGER, CENTRE).waiting == 1


def test_a_link_without_proof_is_delayed(database: Database) -> None:
    """Connected is not agreed: until the digests were compared once the page does not claim it."""
    with database.transaction() as session:
        add_facts(session, agreed_at=None)
    assert state_of(database) == ("delayed", NOON - timedelta(hours=1))


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        ({"connected": False}, NOON - timedelta(hours=1)),
        ({"hub_online": False, "hub_changed_at": NOON - timedelta(minutes=7)}, NOON - timedelta(minutes=7)),
        ({"beat_at": NOON - timedelta(minutes=5)}, NOON - timedelta(minutes=5)),
    ],
)
def test_whatever_breaks_the_link_is_offline_since_then(database: Database, facts: dict, since: datetime) -> None:
    """The broker is away, the hub is away, or our own process ended without a word."""
    with database.transaction() as session:
        add_facts(session, **facts)
    assert state_of(database) == ("offline", since)


def test_the_switch_wins_over_everything_else(database: Database) -> None:
    """Somebody cut the link on purpose; the page says that, not that something is broken."""
    with database.transaction() as session:
        add_facts(session)
        set_link(session, False, NOON)
    assert state_of(database) == ("off", NOON)
    with database.transaction() as session:
        set_link(session, False, NOON + timedelta(hours=1))
    assert state_of(database) == ("off", NOON)
    with database.transaction() as session:
        set_link(session, True, NOON)
    assert state_of(database)[0] == "agreed"


def test_a_database_on_another_machine_is_fenced_until_a_person_decides(tmp_path: Path) -> None:
    """Its feed is bound to the first installation; `take_over` binds it to this one."""
    hub_half = LinkedHub(tmp_path, EmbeddedBroker())
    centre = LinkedCentre(hub_half, CENTRE)
    with centre.database.transaction() as session:
        LEDGER.open_feed(session, centre.feed, "the machine before")
        LEDGER.open_feed(session, centre.feed, centre.link.install.instance)
    assert centre.status().state == "fenced"
    assert centre.status().reason
    with centre.database.transaction() as session:
        centre.link.take_over(session)
    assert centre.status().state == "offline"
    centre.database.dispose()
    hub_half.database.dispose()


def test_a_wrong_key_of_the_hub_is_named(tmp_path: Path, database: Database) -> None:
    """The setting and where to get it, before anything starts."""
    config: LinkConfig = Settings(1883, tmp_path / "key", CENTRE, hub_public_key="ed25519:nonsense")
    with pytest.raises(ConfigError, match="hub_public_key"):
        start(config, database, LEDGER)


def test_records_of_the_city_are_not_the_house_s_to_send(database: Database) -> None:
    """What the hub owns is no part of the centre's feed."""
    themes = next(shelf for shelf in LEDGER.shelves.all.values() if issubclass(shelf.kind, ThemeColumns))
    assert themes.name not in LEDGER.shelves.own
