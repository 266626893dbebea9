"""Whom the hub believes and serves: members, by their own key and their bound installation."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import node.app
from hub.core.db import LEDGER as HUB_LEDGER
from hub.ingest import BATCHES_MAX, credit_of_each
from hub.ingest.belief import Hearsay
from hub.network import members, terms, versions
from hub.network.members import MemberNotPossible, UnknownMember
from node.link.office import NodeOffice
from shared import topics
from shared.broker import EmbeddedBroker
from shared.keys import open_install
from shared.migrations import newest
from shared.replication.messages import TERM_MAX, Cursor, Hello, Term
from shared.replication.office import LetGo
from shared.time import now
from tests.linked import CITY, LinkedCentre, LinkedHub, acquainted_pair, within

UP = topics.out(CITY, "node/alt-hamborn")
DOWN_ACK = topics.ack(CITY, "hub/alt-hamborn")


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


@pytest.fixture
def pair(tmp_path: Path, broker: EmbeddedBroker) -> Iterator[tuple[LinkedHub, LinkedCentre]]:
    """A hub and a centre that have exchanged their first record."""
    with acquainted_pair(tmp_path, broker) as both:
        yield both


def test_the_first_installation_is_bound(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """With its first answer the centre's feeds belong to that machine."""
    hub_half, centre = pair
    within(30, lambda: hub_half.link_of(centre).instance == centre.link.install.instance)


def test_a_copied_card_is_fenced_and_named(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The same key on other hardware is not served; the network page says so, and the first goes on."""
    hub_half, centre = pair
    within(30, lambda: hub_half.link_of(centre).instance == centre.link.install.instance)
    key_file = hub_half.folder / "alt-hamborn.key"
    twin = LinkedCentre(hub_half, "alt-hamborn", key="alt-hamborn.key")  # the same file and feed …
    twin.link._courier._install = open_install(key_file, hardware="f" * 12)  # … on another machine
    twin.link._courier._roster._instance = twin.link._courier._install.instance
    centre.link.stop()  # the broker would let only one of them in at a time
    twin.link.start()
    within(30, lambda: hub_half.link_of(centre).state == "fenced")
    within(30, lambda: (UP, "another installation uses this key") in hub_half.rejections())
    twin.link.stop()
    fenced = hub_half.link_of(centre)
    assert fenced.rival_instance == twin.link._courier._install.instance
    assert fenced.instance == centre.link.install.instance
    assert "another installation" in fenced.reason
    assert hub_half.spaces(centre) == 1


def test_a_centre_that_moved_is_bound_anew_by_a_person(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """A dead mini PC is replaced: the administration lets the new one in."""
    hub_half, centre = pair
    with hub_half.database.transaction() as session:
        members.get_member(session, centre.id).instance = "the machine before"
    centre.add_spaces()
    within(30, lambda: hub_half.link_of(centre).state == "fenced")
    with hub_half.database.transaction() as session:
        members.bind_anew(session, centre.id)
    within(30, lambda: hub_half.spaces(centre) == 2)
    within(30, lambda: hub_half.link_of(centre).instance == centre.link.install.instance)


def test_a_revoked_centre_is_heard_no_more(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """What it reported stays, what it says now is set aside with the reason; admitted again it goes on."""
    hub_half, centre = pair
    with hub_half.database.transaction() as session:
        hub_half.ingest.revoke(session, centre.id, now())
    within(30, lambda: hub_half.link_of(centre).state == "revoked")
    centre.add_spaces()
    within(30, lambda: (UP, "not a member of this network") in hub_half.rejections())
    assert hub_half.spaces(centre) == 1
    hub_half.admit(centre)
    within(30, lambda: hub_half.spaces(centre) == 2)


def test_a_centre_admitted_while_the_hub_runs_is_served(tmp_path: Path, pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Nobody restarts the hub when a house joins."""
    hub_half, _ = pair
    joining = LinkedCentre(hub_half, "marxloh")
    joining.add_spaces(3)
    joining.link.start()
    within(30, lambda: (topics.out(CITY, joining.feed), "not a member of this network") in hub_half.rejections())
    hub_half.admit(joining)
    within(30, lambda: hub_half.spaces(joining) == 3)
    joining.link.stop()
    joining.database.dispose()


def test_only_a_centre_with_a_name_and_a_key_is_admitted(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """A typing error at the desk is refused by the field that it stands in."""
    hub_half = LinkedHub(tmp_path, broker)
    key = hub_half.ingest.install.public_key.text
    with hub_half.database.transaction() as session:
        for wrong, field in (("Alt-Hamborn", "centre_id"), ("", "centre_id")):
            with pytest.raises(MemberNotPossible) as refused:
                hub_half.ingest.admit(session, wrong, "Alt-Hamborn", key, now())
            assert refused.value.field == field
        with pytest.raises(MemberNotPossible) as refused:
            hub_half.ingest.admit(session, "alt-hamborn", "Alt-Hamborn", "no key", now())
        assert refused.value.field == "public_key"
        with pytest.raises(UnknownMember):
            hub_half.ingest.revoke(session, "alt-hamborn", now())
    hub_half.database.dispose()


def test_a_new_key_loosens_the_binding(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """A centre that joined anew has a new key, and with it a new installation."""
    hub_half = LinkedHub(tmp_path, broker)
    first, second = (open_install(tmp_path / name).public_key.text for name in ("first.key", "second.key"))
    with hub_half.database.transaction() as session:
        hub_half.ingest.admit(session, "marxloh", "Marxloh", first, now()).instance = "bound"
    with hub_half.database.transaction() as session:
        assert hub_half.ingest.admit(session, "marxloh", "Marxloh", first, now()).instance == "bound"
        assert hub_half.ingest.admit(session, "marxloh", "Marxloh", second, now()).instance is None
    hub_half.database.dispose()


@pytest.mark.parametrize("centres", [1, 7, 90, 91, 180, 360, 720])
def test_all_centres_together_stay_below_what_a_broker_queues(centres: int) -> None:
    """mosquitto drops what a slow reader has not fetched beyond 1,000; the sum of credit stays below 800."""
    assert credit_of_each(centres) * centres <= BATCHES_MAX < 800


def test_every_centre_may_always_send_something() -> None:
    """However many they are, none waits for ever."""
    assert credit_of_each(100_000) == 1


def test_the_program_of_a_centre_is_known(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """It comes with the presence, and is what this centre really runs."""
    hub_half, centre = pair

    def known() -> bool:
        with hub_half.database.reading() as session:
            return centre.id in versions.of_centres(session)

    within(30, known)
    with hub_half.database.reading() as session:
        theirs = versions.of_centres(session)[centre.id]
    assert theirs.records["spaces"] >= 1
    assert theirs.database == newest(Path(node.app.__file__).parent / "migrations")
    assert versions.standing(theirs, versions.of_hub(HUB_LEDGER)) is versions.Standing.SAME


def test_one_centre_silences_no_hub(tmp_path: Path, pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Whoever has the key of a single centre may tell of a hub with a higher term as often as they like."""
    hub_half, centre = pair
    liar = LinkedCentre(hub_half, "marxloh")
    hub_half.admit(liar)
    liar.link._courier._office.__class__ = Liar
    liar.link.start()
    liar.add_spaces(2)
    within(30, lambda: hub_half.spaces(liar) == 2)
    hub_half.announce("Die Stadt spricht weiter")
    within(30, lambda: len(centre.announcements()) == len(liar.announcements()) == 1)
    within(30, lambda: hub_half.link_of(liar).backlog_down == 0)  # the lie was heard
    with hub_half.database.reading() as session:
        assert terms.may_serve(session, hub_half.ingest.install.instance)
    centre.add_spaces()
    within(30, lambda: hub_half.spaces(centre) == 2)
    liar.link.stop()
    liar.database.dispose()


def test_whoever_was_taken_over_from_takes_nothing_more(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """From the very transaction in which it heard so, and not a second later when it looks at the switch."""
    hub_half, centre = pair
    office = hub_half.ingest._courier._office
    with hub_half.database.transaction() as session:
        office.guard(session, [topics.node_feed(centre.id)])
        terms.hear(session, Term(terms.NUMBER_MAX, "another-hub"), now())
        with pytest.raises(LetGo):
            office.guard(session, [topics.node_feed(centre.id)])
        office.guard(session, [])  # what is about no feed is still noted


def test_whoever_was_taken_over_from_leaves_in_silence(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Its good-bye would stand at the broker in the place of what the new hub says of itself."""
    hub_half, _ = pair
    office = hub_half.ingest._courier._office
    assert office.speaks_last
    with hub_half.database.transaction() as session:
        terms.hear(session, Term(terms.NUMBER_MAX, "another-hub"), now())
        assert not office.wanted(session)
    assert not office.speaks_last


def test_a_machine_that_is_not_the_hub_leaves_its_feeds_alone(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """The one before comes back beside the new one's database: its start does not fence what is another's now."""
    hub_half = LinkedHub(tmp_path, broker)
    centre = LinkedCentre(hub_half, "alt-hamborn")
    hub_half.admit(centre)
    feed = topics.hub_feed(centre.id)
    with hub_half.database.transaction() as session:
        terms.take_over(session, "another-machine", now())
        HUB_LEDGER.rebind(session, feed, "another-machine")
    hub_half.ingest.start()
    hub_half.ingest.stop()
    with hub_half.database.transaction() as session:
        assert HUB_LEDGER.source(session, feed).state().fence == ""
        hub_half.ingest.take_over(session)
        assert HUB_LEDGER.instances(session)[feed] == hub_half.ingest.install.instance
        assert HUB_LEDGER.source(session, feed).state().fence == ""
    for database in (hub_half.database, centre.database):
        database.dispose()


class Liar(NodeOffice):
    """The office of a centre whose key is in wrong hands."""

    def annotated(self, message: Cursor | Hello) -> Cursor | Hello:
        lie = Term(TERM_MAX // 2, "another-hub")
        return replace(message, term=lie) if isinstance(message, Cursor) else message


@pytest.mark.parametrize(("centres", "believed"), [(1, True), (2, False), (3, True), (4, False), (5, False)])
def test_a_term_is_believed_if_more_than_half_of_all_members_speak_of_it(centres: int, believed: bool) -> None:
    """Also of those who say nothing, and of those whom another process hears."""
    hearsay = Hearsay()
    for centre in ("a", "b")[:centres]:
        hearsay.note(centre, Term(7, "another-hub"))
    if centres == 2:
        hearsay.note("b", Term(1, "this-hub"))
    assert (hearsay.believed(("a", "b", "c")[:centres], centres) == Term(7, "another-hub")) is believed
