"""Keys are changed while everything runs: nothing is lost, everybody finds the new one, nobody goes back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.ingest import HubOffice
from hub.network import members
from hub.network.models import Member
from node.core import link_file
from node.link.models import HubTrust
from node.link.office import NodeOffice
from shared import topics
from shared.broker import EmbeddedBroker
from shared.keys import PublicKey, begin_rotation, end_rotation, open_install
from shared.mqtt import Arrival, Broker, Letter, Post
from shared.replication.messages import Cursor, Hello
from shared.sealing import open_sealing_key, rotate_sealing_key
from tests.linked import CITY, LinkedCentre, LinkedHub, acquainted_pair, linked_pair, within


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        yield running


@pytest.fixture
def pair(tmp_path: Path, broker: EmbeddedBroker) -> Iterator[tuple[LinkedHub, LinkedCentre]]:
    """A hub and a centre that have exchanged their first record."""
    with acquainted_pair(tmp_path, broker) as both:
        yield both


def member_of(hub_half: LinkedHub, centre: LinkedCentre) -> Member:
    with hub_half.database.reading() as session:
        return members.get_member(session, centre.id)


def trust_of(centre: LinkedCentre) -> HubTrust | None:
    with centre.database.reading() as session:
        return session.get(HubTrust, 1)


def believes(centre: LinkedCentre, key: PublicKey) -> bool:
    trust = trust_of(centre)
    return trust is not None and (trust.believed_key, trust.next_key) == (key.text, None)


def key_file(hub_half: LinkedHub) -> Path:
    return hub_half.folder / "hub.key"


def still_travels(hub_half: LinkedHub, centre: LinkedCentre) -> None:
    """Write on both sides and wait until it has arrived."""
    count = hub_half.spaces(centre) + 1
    centre.add_spaces()
    hub_half.announce(f"Nummer {count}")
    within(60, lambda: hub_half.spaces(centre) == count and f"Nummer {count}" in centre.announcements())


def restarted(centre: LinkedCentre) -> LinkedCentre:
    """Stop a centre's link and start it again from its files, with the settings of its first day."""
    centre.link.stop()
    centre.database.dispose()
    again = LinkedCentre.again(centre)
    again.link.start()
    return again


def test_a_centre_changes_its_key(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The hub learns the next key, confirms it, and believes it alone; nothing is refused on the way."""
    hub_half, centre = pair
    old = centre.link.install.public_key
    new = begin_rotation(centre.settings.key_file).next_key
    assert new is not None
    within(60, lambda: member_of(hub_half, centre).public_key == new.text)
    assert member_of(hub_half, centre).next_key is None
    assert open_install(centre.settings.key_file).public_key == new != old
    still_travels(hub_half, centre)
    assert not [topic for topic, _ in hub_half.rejections() if not topic.endswith("/state")]


def test_the_hub_changes_its_key(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Each centre follows by itself, and keeps the key where its settings find it at the next start."""
    hub_half, centre = pair
    link_file.renew(centre.settings.link_file, hub_public_key=centre.settings.hub_public_key)
    new = begin_rotation(key_file(hub_half)).next_key
    assert new is not None
    within(60, lambda: believes(centre, new))
    within(60, lambda: open_install(key_file(hub_half)).public_key == new)
    assert link_file.kept(centre.settings.link_file)["hub_public_key"] == new.text
    still_travels(hub_half, centre)
    again = restarted(centre)
    still_travels(hub_half, again)
    again.link.stop()


def test_who_was_away_follows_later(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """The old key stays in use for a house that still believes it, and goes with the last of them."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        away = LinkedCentre(hub_half, "marxloh")
        hub_half.admit(away)
        away.link.start()
        still_travels(hub_half, away)
        away.link.stop()
        away.add_spaces(2)
        old = hub_half.ingest.install.public_key
        new = begin_rotation(key_file(hub_half)).next_key
        assert new is not None
        within(60, lambda: believes(centre, new))
        still_travels(hub_half, centre)
        assert open_install(key_file(hub_half)).public_key == old
        back = restarted(away)
        within(60, lambda: hub_half.spaces(back) == 3)
        within(60, lambda: believes(back, new))
        within(60, lambda: open_install(key_file(hub_half)).public_key == new)
        still_travels(hub_half, back)
        back.link.stop()
        back.database.dispose()


def test_who_missed_several_changes_finds_the_way(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The statements stand in a row: from the key of two years ago to that of today."""
    hub_half, centre = pair
    centre.link.stop()
    hub_half.ingest.stop()
    for _ in range(3):
        begin_rotation(key_file(hub_half))
        newest = end_rotation(key_file(hub_half)).public_key
    hub_again = LinkedHub.again(hub_half)
    hub_again.ingest.start()
    back = restarted(centre)
    within(60, lambda: believes(back, newest))
    still_travels(hub_again, back)
    back.link.stop()
    hub_again.ingest.stop()


def test_a_hub_that_went_back_in_time_finds_the_key_again(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Its restored database believes the old key of the house; the statement in the presence leads on."""
    hub_half, centre = pair
    old = centre.link.install.public_key
    new = begin_rotation(centre.settings.key_file).next_key
    assert new is not None
    within(60, lambda: member_of(hub_half, centre).public_key == new.text)
    hub_half.ingest.stop()
    with hub_half.database.transaction() as session:
        members.get_member(session, centre.id).public_key = old.text
    again = LinkedHub.again(hub_half)
    again.ingest.start()
    within(60, lambda: member_of(again, centre).public_key == new.text)
    still_travels(again, centre)
    again.ingest.stop()


@pytest.mark.parametrize("point", ["announced", "known", "confirmed"])
def test_a_crash_in_between_leaves_a_working_link(tmp_path: Path, broker: EmbeddedBroker, point: str) -> None:
    """Announced but not heard; heard but not confirmed; confirmed but not yet used: each goes on by itself."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        still_travels(hub_half, centre)
        centre.link.stop()
        install = begin_rotation(centre.settings.key_file)
        assert install.next_key is not None
        if point != "announced":
            with hub_half.database.transaction() as session:
                members.get_member(session, centre.id).next_key = install.next_key.text
        if point == "confirmed":
            end_rotation(centre.settings.key_file)
        again = restarted(centre)
        still_travels(hub_half, again)
        within(60, lambda: member_of(hub_half, centre).public_key == install.next_key.text)
        still_travels(hub_half, again)
        again.link.stop()


def test_an_old_statement_leads_nobody_back(pair: tuple[LinkedHub, LinkedCentre], broker: EmbeddedBroker) -> None:
    """Whoever kept the letters of a year and shows them again finds nobody who believes their keys."""
    hub_half, centre = pair
    kept: list[Letter] = []
    ear = Post(Broker(broker.host, broker.port), "ear", (f"{topics.ROOT}/{CITY}/#",), keeper(kept))
    ear.start()
    within(60, lambda: ear.connected)
    for _ in range(2):
        for file in (centre.settings.key_file, key_file(hub_half)):
            begin_rotation(file)
            within(60, lambda file=file: open_install(file).next_key is None)
        still_travels(hub_half, centre)
    ours = open_install(centre.settings.key_file).public_key
    citys = open_install(key_file(hub_half)).public_key
    within(60, lambda: member_of(hub_half, centre).public_key == ours.text and believes(centre, citys))
    for letter in kept[:]:
        within(60, lambda letter=letter: ear.publish(letter.topic, letter.body))
    still_travels(hub_half, centre)
    assert member_of(hub_half, centre).public_key == ours.text
    assert member_of(hub_half, centre).next_key is None
    assert believes(centre, citys)
    ear.stop()


def keeper(kept: list[Letter]):
    """Return a listener that keeps every letter."""

    def deliver(arrival: Arrival) -> None:
        if isinstance(arrival, Letter):
            kept.append(arrival)

    return deliver


class OfBefore:
    """An office of a program that knows nothing of next keys: it neither says nor takes up any."""

    def annotated(self, message: Cursor | Hello) -> Cursor | Hello:
        return replace(message, believes="") if isinstance(message, Cursor) else message

    def saw(self, session, topic, presence, heir, now) -> None:
        super().saw(session, topic, presence, None, now)


class NodeOfBefore(OfBefore, NodeOffice):
    """An older house."""


class HubOfBefore(OfBefore, HubOffice):
    """An older hub."""


def test_programs_of_before_keep_replicating(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """To them both sides go on signing with the key that they know; the change waits for their upgrade."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        centre.link._courier._office.__class__ = NodeOfBefore
        hub_half.ingest._courier._office.__class__ = HubOfBefore
        still_travels(hub_half, centre)
        ours, citys = begin_rotation(centre.settings.key_file), begin_rotation(key_file(hub_half))
        within(60, lambda: centre.link.install.next_key == ours.next_key)
        within(60, lambda: hub_half.ingest.install.next_key == citys.next_key)
        still_travels(hub_half, centre)
        assert open_install(centre.settings.key_file).public_key == ours.public_key
        assert member_of(hub_half, centre).public_key == ours.public_key.text
        assert open_install(key_file(hub_half)).public_key == citys.public_key


def test_the_hub_knows_what_to_seal_with(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """A centre's sealing key comes with its presence, a newer one too; what is sealed with it can be read there."""
    hub_half, centre = pair
    file = centre.settings.sealing_file
    first = open_sealing_key(file)
    within(60, lambda: member_of(hub_half, centre).sealing_key == first.public_key.text)
    second = rotate_sealing_key(file)
    within(60, lambda: member_of(hub_half, centre).sealing_key == second.public_key.text)
