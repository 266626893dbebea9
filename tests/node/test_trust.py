"""Which hub a house believes: its settings first, then what the hub itself led to; one installation of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from node.core.db import Base
from node.link.models import HubTrust
from node.link.trust import Trust
from shared.database import Database
from shared.errors import WireError
from shared.keys import Hand, PublicKey
from shared.replication.messages import NO_TERM, Term

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD, NEW, THIRD = (Hand(bytes((number,)) * 32).public_key for number in (1, 2, 3))
ONE, OTHER = "birth-one", "birth-other"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(f"sqlite:///{tmp_path / 'node.sqlite'}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as opened:
        yield opened
    database.dispose()


def started(session: Session, configured: PublicKey) -> Trust:
    """Return what a program that starts with these settings believes."""
    trust = Trust(configured)
    trust.look(session)
    return trust


def test_the_settings_are_believed_first(session: Session) -> None:
    """Nothing was learned yet."""
    trust = started(session, OLD)
    assert (trust.key, trust.newest, trust.term) == (OLD, OLD.text, NO_TERM)


def test_an_heir_is_believed_beside_until_it_speaks(session: Session) -> None:
    """Then it alone, also after a restart with the settings of the first day."""
    trust = started(session, OLD)
    trust.learn(session, NEW, NOON)
    assert (trust.key, trust.newest) == (OLD, NEW.text)
    assert trust.succeed(session, NEW, NOON)
    assert not trust.succeed(session, NEW, NOON)
    assert started(session, OLD).newest == NEW.text
    assert started(session, OLD).key == NEW


def test_a_person_who_changes_the_setting_wins(session: Session) -> None:
    """A key in the settings that is neither the old one nor the learned one was written on purpose."""
    trust = started(session, OLD)
    trust.learn(session, NEW, NOON)
    trust.succeed(session, NEW, NOON)
    trust.bind(session, Term(7, ONE), NOON)
    changed = started(session, THIRD)
    assert (changed.key, changed.term) == (THIRD, NO_TERM)
    changed.learn(session, OLD, NOON)
    row = session.get(HubTrust, 1)
    assert row is not None
    assert (row.configured_key, row.believed_key, row.next_key) == (THIRD.text, THIRD.text, OLD.text)


def test_settings_that_were_renewed_before_a_power_cut_are_no_person_s_word(session: Session) -> None:
    """The link file names the heir already, the database does not yet: whose hub it is stays known."""
    trust = started(session, OLD)
    trust.bind(session, Term(7, ONE), NOON)
    trust.learn(session, NEW, NOON)
    again = started(session, NEW)
    assert again.term == Term(7, ONE)
    assert again.newest == NEW.text
    assert again.succeed(session, NEW, NOON)
    assert started(session, NEW).key == NEW


def test_before_any_term_whoever_has_the_key_is_the_hub(session: Session) -> None:
    """Hubs of before say no term, and may move to another machine."""
    trust = started(session, OLD)
    trust.welcome(session, ONE, NO_TERM, NOON)
    trust.welcome(session, OTHER, NO_TERM, NOON)


def test_the_highest_term_is_heard_alone(session: Session) -> None:
    """A second hub with a higher term is turned to; the first one, and an old letter of it, is not heard any more."""
    trust = started(session, OLD)
    trust.welcome(session, ONE, Term(1, ONE), NOON)
    trust.welcome(session, ONE, NO_TERM, NOON)
    with pytest.raises(WireError):
        trust.welcome(session, OTHER, NO_TERM, NOON)
    trust.welcome(session, OTHER, Term(2, OTHER), NOON)
    for said in (NO_TERM, Term(1, ONE), Term(2, "a")):
        with pytest.raises(WireError):
            trust.welcome(session, ONE, said, NOON)
    assert started(session, OLD).term == Term(2, OTHER)


def test_nobody_claims_a_term_for_somebody_else(session: Session) -> None:
    """A letter counts for the installation that wrote it."""
    trust = started(session, OLD)
    trust.welcome(session, ONE, Term(1, ONE), NOON)
    with pytest.raises(WireError):
        trust.welcome(session, OTHER, Term(9, ONE), NOON)
    assert trust.term == Term(1, ONE)


def test_a_rival_is_remembered_for_the_page(session: Session) -> None:
    """Which installation spoke as the hub and was not heard; a change of hubs settles it."""
    trust = started(session, OLD)
    trust.bind(session, Term(1, ONE), NOON)
    trust.note_rival(session, OTHER, NOON)
    row = session.get(HubTrust, 1)
    assert row is not None
    assert row.rival_instance == OTHER
    trust.bind(session, Term(2, OTHER), NOON)
    assert (row.rival_instance, row.hub_instance) == (None, OTHER)
