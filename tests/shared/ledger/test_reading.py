"""The owner's ledger: pages rendered now, one snapshot, tombstones, forks, digests."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from node.core.db import Base as NodeBase
from node.spaces.models import Space
from shared.records.base import Side
from shared.records.events import EVENTS
from shared.records.spaces import SPACES
from shared.replication.ledger import Ledger
from shared.replication.ledger.digests import sum_of
from shared.replication.ledger.paging import RECORD_CHARACTERS_MAX
from shared.replication.ledger.rendering import content_hash
from shared.replication.messages import START, Operation, Position
from tests.shared.ledger.conftest import UP, Pair
from tests.shared.ledger.test_stamping import event, space


def put_spaces(pair: Pair, number: int) -> list[str]:
    with pair.node.transaction() as session:
        made = [space(name=f"Raum {n}") for n in range(number)]
        session.add_all(made)
    return [each.id for each in made]


def test_a_payload_is_canonical_and_hashed(pair: Pair) -> None:
    """The text that travels is the schema's fields in their order, compact, instants with a Z, tags as lists."""
    with pair.node.transaction() as session:
        made = event(languages=("de", "tr"), cost_cents=None)
        session.add(made)
    (change,) = pair.changes()
    assert change.payload == (
        '{"kind":"event","state":"published","title":"Offenes Frühstück","summary":"","description":"","theme":"",'
        '"target_groups":[],"languages":["de","tr"],"accessibility":[],"cost_cents":null,"cost_note":"",'
        '"organiser":"","attendance":"on_site","place":"","online_url":"","space_id":null,"series_id":null,'
        '"starts_at":"2026-11-23T09:00:00Z","ends_at":"2026-11-23T10:00:00Z","cancel_reason":"","sequence":0,'
        '"updated_at":"2026-11-23T09:00:00Z","partners":"","age_min":null,"age_max":null,"capacity":null,'
        '"registration":"none","registration_closes_at":null,"image_alt":""}'
    )
    assert change.content_hash == content_hash("events", made.id, EVENTS.version, change.payload)
    assert len(change.content_hash) == 32


def test_a_page_says_how_far_it_speaks(pair: Pair) -> None:
    """A full page ends at its last change; the last one reaches the head."""
    put_spaces(pair, 5)
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        pages = [source.read_after(after, 2, 10**6) for after in (0, 2, 4, 5)]
        assert [[change.revision for change in page.changes] for page in pages] == [[1, 2], [3, 4], [5], []]
        assert [page.upto for page in pages] == [2, 4, 5, 5]
        exact = source.read_after(3, 2, 10**6)
        assert (len(exact.changes), exact.upto) == (2, 5)


def test_a_page_stays_within_its_bytes_but_never_empty(pair: Pair) -> None:
    """One change always fits, however little room is given."""
    put_spaces(pair, 4)
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        size = len(source.read_after(0, 1, 10**6).changes[0].payload or "")
        page = source.read_after(0, 10, 1)
        assert (len(page.changes), page.upto) == (1, 1)
        assert len(source.read_after(0, 10, 2 * (size + 150) + 10).changes) == 2


def test_a_record_too_large_to_travel_is_a_stub(sqlite_pair: Pair) -> None:
    """Only its hash travels, so both sides still agree on what there is."""
    with sqlite_pair.node.transaction() as session:
        session.add(space(description="x" * (RECORD_CHARACTERS_MAX + 1)))
    (change,) = sqlite_pair.up()
    assert (change.operation, change.payload) == (Operation.STUB, None)
    assert len(change.content_hash) == 32
    mine, theirs = sqlite_pair.digests()
    assert mine == theirs
    with sqlite_pair.hub.reading() as session:
        assert sqlite_pair.at_hub.replica_health(session, UP).stubs == 0  # the feed was not heard of: no cursor yet
        assert [found.status for found in sqlite_pair.at_hub.set_aside(session, UP)] == ["stub"]


def test_what_slipped_past_the_stamp_gets_a_revision_before_it_is_sent(pair: Pair) -> None:
    """Nothing travels under a revision that stood for something else; a missing row becomes a deletion."""
    changed, lost, kept = put_spaces(pair, 3)
    with pair.node.engine.begin() as connection:
        connection.execute(text("UPDATE spaces SET capacity = 7 WHERE id = :id"), {"id": changed})
        connection.execute(text("DELETE FROM spaces WHERE id = :id"), {"id": lost})
    found = [(change.id, change.revision, change.operation) for change in pair.changes()]
    assert found == [(kept, 3, "put"), *sorted(found[1:], key=lambda change: change[1])]
    assert {(record_id, operation) for record_id, _, operation in found[1:]} == {(changed, "put"), (lost, "delete")}
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        assert source.state().head == Position(5, source.mark(5))
    assert [(change.id, change.revision, change.operation) for change in pair.changes()] == found


def test_an_upgraded_schema_is_sent_again(sqlite_pair: Pair) -> None:
    """A record written under an older version of its schema is stamped anew: its hash is another."""
    (hall,) = put_spaces(sqlite_pair, 1)
    with sqlite_pair.node.engine.begin() as connection:
        connection.execute(text("UPDATE changes SET schema = 0"))
    (change,) = sqlite_pair.changes()
    assert (change.id, change.revision, change.schema) == (hall, 2, SPACES.version)


def test_acknowledged_tombstones_are_purged_and_raise_the_floor(pair: Pair) -> None:
    """A deletion is kept until the receiver has seen it; an erasure for ever."""
    first, second, third = put_spaces(pair, 3)
    with pair.node.transaction() as session:
        session.delete(session.get_one(Space, first))
    with pair.node.transaction() as session:
        session.delete(session.get_one(Space, second))
    with pair.node.transaction() as session:
        pair.at_node.erase(session, [("spaces", third)])
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        source.acknowledge(Position(4, source.mark(4) or 0), None)
        source.purge()
        assert source.state().floor == 4
    assert [(change.operation, change.revision) for change in pair.changes()] == [("delete", 5), ("erase", 6)]


def test_marks_that_nobody_will_ask_for_are_pruned(sqlite_pair: Pair) -> None:
    """Marks of current changes, of what is not acknowledged, and a good stretch before it stay."""
    ledger = Ledger(NodeBase, Side.NODE, marks_kept=2)
    first, _ = put_spaces(sqlite_pair, 2)
    for capacity in range(1, 9):
        with sqlite_pair.node.transaction() as session:
            session.get_one(Space, first).capacity = capacity
    with sqlite_pair.node.transaction() as session:
        source = ledger.source(session, UP)
        source.acknowledge(Position(8, source.mark(8) or 0), None)
        source.purge()
        assert [revision for revision in range(1, 11) if source.mark(revision)] == [2, 6, 7, 8, 9, 10]


def test_a_fork_begins_a_new_history(pair: Pair) -> None:
    """A new generation with its own id, a fresh mark at the head, nothing acknowledged."""
    put_spaces(pair, 1)
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        before, mark = source.state(), source.mark(1) or 0
        source.acknowledge(Position(1, mark), Position(1, mark))
        assert source.state().agreed == Position(1, mark)
        source.fork(7, 20, Position(1, mark))
        after = source.state()
        assert (after.generation.number, after.head.revision) == (7, 20)
        assert after.generation.id != before.generation.id
        assert after.head.mark == source.mark(20) != 0
        assert (after.acknowledged, after.agreed, source.mark(1)) == (START, None, mark)
        assert source.forks_lately() == 1
        page = source.read_after(1, 10, 10**6)
        assert (page.changes, page.upto) == ((), 20)


def test_forks_of_more_than_a_day_ago_do_not_count(sqlite_pair: Pair) -> None:
    """Two restores a year are no clone."""
    times = [datetime(2026, 1, 1, tzinfo=UTC)]
    ledger = Ledger(NodeBase, Side.NODE, clock=lambda: times[-1])
    with sqlite_pair.node.transaction() as session:
        ledger.source(session, UP).fork(2, 1, START)
        times.append(times[-1] + timedelta(hours=23))
        assert ledger.source(session, UP).forks_lately() == 1
        times.append(times[-1] + timedelta(hours=2))
        assert ledger.source(session, UP).forks_lately() == 0


def test_a_person_who_lifts_the_fence_lifts_the_count_of_forks(sqlite_pair: Pair) -> None:
    """After a fence the next fork is the first again: else the feed would be fenced at once."""
    with sqlite_pair.node.transaction() as session:
        source = sqlite_pair.at_node.source(session, UP)
        source.fork(2, 1, START)
        source.fork(3, 2, START)
        source.fence("the receiver is ahead")
        sqlite_pair.at_node.rebind(session, UP, "mini-pc")
        assert source.forks_lately() == 0
        assert source.state().fence == ""
        assert source.state().generation.number == 3


def test_an_erasure_takes_the_row_and_sticks(pair: Pair) -> None:
    """The row goes, an id that was never here gets a tombstone too, and a second time changes nothing."""
    (hall,) = put_spaces(pair, 1)
    gone = [("spaces", hall), ("spaces", "00000000-0000-7000-8000-000000000000"), ("unknown", hall)]
    with pair.node.transaction() as session:
        pair.at_node.erase(session, gone)
        assert session.get(Space, hall) is None
    with pair.node.transaction() as session:
        pair.at_node.erase(session, gone)
        assert sorted(pair.at_node.erasures(session)) == sorted(gone)
        session.add(space(id=hall))
    assert [(change.revision, change.operation) for change in pair.changes()] == [
        (2, "erase"),
        (3, "erase"),
        (4, "erase"),
    ]


def test_digests_are_counts_and_sums_without_an_order(pair: Pair) -> None:
    """Two sides with the same records have the same digests, whatever the order in which they came."""
    put_spaces(pair, 3)
    with pair.node.transaction() as session:
        session.add(event())
    changes = pair.changes()
    mine, _ = pair.digests()
    assert {name: digest.records for name, digest in mine.items()} == {"spaces": 3, "events": 1}
    hashes = [int(change.content_hash, 16) for change in changes if change.collection == "spaces"]
    assert mine["spaces"].sum == sum(hashes) % 2**128
    pair.apply(tuple(reversed(changes)))
    assert pair.digests() == (mine, mine)


@pytest.mark.parametrize("hashes", [[0], [1], [2**128 - 1, 1], [2**127, 2**127, 5], [2**64 - 1, 2**64 + 7, 2**100 + 3]])
def test_the_sum_over_halves_is_the_sum(hashes: list[int]) -> None:
    """Adding 64-bit halves gives what adding the whole numbers gives."""
    assert sum_of("".join(f"{each:032x}" for each in hashes)) == sum(hashes) % 2**128
