"""The courier: prompt, obedient, and on its feet again after every fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from node.core.db import LEDGER as NODE_LEDGER
from node.link import set_link
from node.link.models import RejectedMessage
from node.link.office import NodeOffice
from node.link.remarks import OwnRemarks
from node.spaces.models import Space
from shared import topics
from shared.broker import EmbeddedBroker
from shared.database import Database
from shared.keys import open_install
from shared.mqtt import Arrival, Broker, Letter, Post
from shared.replication.courier import Courier
from shared.replication.presence import Presence, read_presence, write_presence
from shared.replication.rejections import ROWS_MAX, Rejections, latest_rejections
from shared.time import now
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


def test_a_commit_travels_at_once(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The courier is woken by the commit; it does not wait for its next beat."""
    hub_half, centre = pair
    times = []
    for count in range(2, 12):
        centre.add_spaces()
        times.append(within(30, lambda count=count: hub_half.spaces(centre) == count))
    assert min(times) < 0.3


def test_what_the_city_writes_reaches_the_centre(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The same machinery mirrored."""
    hub_half, centre = pair
    hub_half.announce("Sommerfest")
    within(30, lambda: centre.announcements() == ["Sommerfest"])


def test_a_commit_of_another_process_travels_too(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """An import on the command line wakes nobody, so the courier looks about every second."""
    hub_half, centre = pair
    other = Database(centre.database.url.render_as_string(hide_password=False))
    NODE_LEDGER.watch(other)
    with other.transaction() as session:
        session.add(Space(name="Werkraum", kind="kitchen"))
    other.dispose()
    within(30, lambda: hub_half.spaces(centre) == 2)


def test_the_switch_is_obeyed(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """Off means that nothing leaves the house, on that everything follows."""
    hub_half, centre = pair
    with centre.database.transaction() as session:
        set_link(session, False, now())
    within(30, lambda: not hub_half.link_of(centre).online)
    centre.add_spaces(3)
    assert centre.status().state == "off"
    assert centre.status().waiting == 3
    assert hub_half.spaces(centre) == 1
    with centre.database.transaction() as session:
        set_link(session, True, now())
    within(30, lambda: hub_half.spaces(centre) == 4)
    within(30, lambda: hub_half.link_of(centre).online)


def test_both_sides_know_since_when_they_agree(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """After a moment's rest the digests are compared, and both pages can say so."""
    hub_half, centre = pair
    within(30, lambda: centre.status().state == "agreed" and hub_half.link_of(centre).state == "agreed")
    assert centre.status().agreed_at is not None
    assert hub_half.link_of(centre).agreed_up_at is not None
    assert hub_half.link_of(centre).backlog_up == 0


def test_a_database_that_fails_delays_but_loses_nothing(pair: tuple[LinkedHub, LinkedCentre]) -> None:
    """The hub cannot write for a while: it rolls back, sends no cursor, and tries again later."""
    hub_half, centre = pair
    with hub_half.database.transaction() as session:
        session.execute(text("ALTER TABLE spaces RENAME TO away"))
    centre.add_spaces(2)
    topic = topics.out(CITY, centre.feed)
    within(30, lambda: (topic, "database not available") in hub_half.rejections())
    with hub_half.database.transaction() as session:
        session.execute(text("ALTER TABLE away RENAME TO spaces"))
    within(30, lambda: hub_half.spaces(centre) == 3)


def test_who_sees_its_own_offline_says_that_it_is_here(pair: tuple[LinkedHub, LinkedCentre], broker) -> None:
    """A late will of an earlier connection must not leave a living house marked as gone."""
    hub_half, centre = pair
    within(30, lambda: hub_half.link_of(centre).online)
    topic, install = topics.node_state(CITY, centre.id), centre.link.install
    said: list[Presence] = []

    def deliver(arrival: Arrival) -> None:
        if isinstance(arrival, Letter) and not arrival.retained:
            said.append(read_presence(arrival.body, topic, install.public_key))

    ghost = Post(Broker(broker.host, broker.port), "ghost", (topic,), deliver)
    ghost.start()
    within(30, lambda: ghost.connected)
    ghost.publish(topic, write_presence(Presence(False, install.instance, now()), topic, install), presence=True)
    within(30, lambda: [presence.online for presence in said[:2]] == [False, True])
    ghost.stop()
    within(30, lambda: hub_half.link_of(centre).online)


class ClumsyOffice(NodeOffice):
    """An office with a bug that shows three times."""

    bugs = 3

    def heard(self, *given: object) -> None:
        if self.bugs:
            self.bugs -= 1
            raise ZeroDivisionError("a bug")
        super().heard(*given)


def test_a_bug_costs_time_not_records(tmp_path: Path, broker: EmbeddedBroker, caplog) -> None:
    """What nobody foresaw is logged with its traceback, resets that end, and the feed goes on."""
    hub_half = LinkedHub(tmp_path, broker)
    centre = LinkedCentre(hub_half, "marxloh")
    hub_half.admit(centre)
    install = open_install(centre.settings.key_file)
    office = ClumsyOffice(
        CITY,
        centre.id,
        hub_half.ingest.install.public_key,
        NODE_LEDGER,
        install=install,
        remarks=OwnRemarks(centre.settings.sealing_file),
        keep_key=lambda before, heir: None,
    )
    with centre.database.transaction() as session:
        NODE_LEDGER.open_feed(session, centre.feed, install.instance)
    courier = Courier(
        office,
        Rejections(RejectedMessage),
        city=CITY,
        broker=Broker(broker.host, broker.port),
        install=install,
        database=centre.database,
        ledger=NODE_LEDGER,
    )
    hub_half.ingest.start()
    courier.start()
    centre.add_spaces(5)
    within(40, lambda: hub_half.spaces(centre) == 5 and not office.bugs)
    assert "ZeroDivisionError: a bug" in caplog.text
    courier.stop()
    hub_half.ingest.stop()
    assert not courier.alive
    with centre.database.reading() as session:
        assert "fault on this side (ZeroDivisionError)" in {
            row.reason for row in latest_rejections(session, RejectedMessage)
        }
    centre.database.dispose()
    hub_half.database.dispose()


def test_a_clean_end_is_announced(tmp_path: Path, broker: EmbeddedBroker) -> None:
    """Who stops says so; the others need not wait for a keepalive to run out."""
    with linked_pair(tmp_path, broker) as (hub_half, centre):
        within(30, lambda: hub_half.link_of(centre).online and hub_half.link_of(centre).heard_at is not None)
        centre.link.stop()
        within(30, lambda: not hub_half.link_of(centre).online)
        assert hub_half.link_of(centre).state == "offline"
        assert centre.status().state == "offline"


def test_a_courier_that_never_started_hears_nothing(tmp_path: Path) -> None:
    """While the database is away one is made every few seconds; none of them stays behind at it."""
    hub_half = LinkedHub(tmp_path, EmbeddedBroker())
    hub_half.announce("Sommerfest")
    assert hub_half.ingest._courier._inbox.wait(0.0) == ([], False)
    hub_half.database.dispose()


def test_many_kinds_of_rejection_stay_few_rows(tmp_path: Path) -> None:
    """Whatever arrives, the table of what was set aside does not grow without end."""
    centre = LinkedCentre(LinkedHub(tmp_path, EmbeddedBroker()), "marxloh")
    rejections = Rejections(RejectedMessage)
    for part in range(3):
        for kind in range(1_000):
            rejections.add(f"topic {part} {kind}", "malformed", 10, now())
        with centre.database.transaction() as session:
            rejections.write(session)
        rejections.written()
    with centre.database.reading() as session:
        rows = list(latest_rejections(session, RejectedMessage, limit=10_000))
    assert len(rows) <= ROWS_MAX
    assert sum(row.count for row in rows if row.topic == "") >= 1_600
    centre.database.dispose()
