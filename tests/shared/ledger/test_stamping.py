"""Every write of an own record is stamped in the transaction that wrote it, and nothing else is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from hub.announcements.models import Announcement
from hub.recovery.models import RecoveryOffer
from hub.themes.models import Theme
from node.bookings.models import Booking
from node.programme.models import Event
from node.spaces.models import Space
from shared.ids import new_id
from shared.replication.messages import Operation, Position
from tests.shared.ledger.conftest import DOWN, NOW, UP, Pair


def space(**said: Any) -> Space:
    return Space(**{"name": "Saal", "kind": "multi_purpose", **said})


def event(**said: Any) -> Event:
    times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "updated_at": NOW}
    return Event(**{"title": "Offenes Frühstück", "state": "published", **times, **said})


def booking(**said: Any) -> Booking:
    times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "taken_at": NOW}
    return Booking(**{"space_id": new_id(), "kind": "rental", "state": "confirmed", **times, **said})


def head(pair: Pair) -> Position:
    with pair.node.transaction() as session:
        return pair.at_node.source(session, UP).state().head


def test_a_new_record_gets_the_next_revision_and_a_mark(pair: Pair) -> None:
    """A record that is written stands in the feed, under a revision with a mark of its own."""
    with pair.node.transaction() as session:
        session.add(space())
    with pair.node.transaction() as session:
        session.add(space(name="Küche"))
    changes = pair.changes()
    assert [change.revision for change in changes] == [1, 2]
    with pair.node.transaction() as session:
        source = pair.at_node.source(session, UP)
        marks = {source.mark(1), source.mark(2)}
        assert len(marks) == 2
        assert all(mark and 0 < mark < 2**63 for mark in marks)
        assert source.state().head == Position(2, source.mark(2))
        assert (source.mark(0), source.mark(3)) == (0, None)


def test_each_record_of_a_transaction_gets_its_own_revision(pair: Pair) -> None:
    """Several records written at once are stamped in the order in which they are applied."""
    with pair.node.transaction() as session:
        session.add_all([booking(), event(), space(), space(name="Küche")])
    assert [(change.revision, change.collection) for change in pair.changes()] == [
        (1, "spaces"),
        (2, "spaces"),
        (3, "events"),
        (4, "bookings"),
    ]


def test_a_changed_record_moves_to_the_head(pair: Pair) -> None:
    """A feed is state, not history: a change takes the record's old place away."""
    with pair.node.transaction() as session:
        hall, kitchen = space(), space(name="Küche")
        session.add_all([hall, kitchen])
    with pair.node.transaction() as session:
        session.get_one(Space, hall.id).capacity = 80
    assert [(change.id, change.revision) for change in pair.changes()] == [(kitchen.id, 2), (hall.id, 3)]


def test_an_unchanged_content_needs_no_revision(pair: Pair) -> None:
    """What stays in the house (a note at the counter) and a write of the same value move nothing."""
    with pair.node.transaction() as session:
        taken = booking()
        session.add(taken)
    before = head(pair)
    with pair.node.transaction() as session:
        again = session.get_one(Booking, taken.id)
        again.contact_name, again.kind = "Frau Yıldız", "rental"
    assert head(pair) == before


def test_a_deleted_record_becomes_a_tombstone(pair: Pair) -> None:
    """A deletion travels too, without content."""
    with pair.node.transaction() as session:
        hall = space()
        session.add(hall)
    with pair.node.transaction() as session:
        session.delete(session.get_one(Space, hall.id))
    (change,) = pair.changes()
    assert (change.operation, change.revision, change.content_hash, change.payload) == (Operation.DELETE, 2, "", None)


def test_a_record_born_and_gone_in_one_transaction_leaves_no_trace(pair: Pair) -> None:
    """What the other side never had needs no tombstone."""
    with pair.node.transaction() as session:
        hall = space()
        session.add(hall)
        session.flush()
        session.delete(hall)
    assert head(pair) == Position(0, 0)


def test_a_draft_does_not_travel_until_it_is_published(pair: Pair) -> None:
    """For the city a draft is not there, and an event that becomes a draft again is gone."""
    with pair.node.transaction() as session:
        draft = event(state="draft")
        session.add(draft)
    assert pair.changes() == ()
    with pair.node.transaction() as session:
        session.get_one(Event, draft.id).state = "published"
    assert [change.operation for change in pair.changes()] == [Operation.PUT]
    with pair.node.transaction() as session:
        session.get_one(Event, draft.id).state = "draft"
    assert [change.operation for change in pair.changes()] == [Operation.DELETE]


def test_a_rolled_back_write_leaves_no_revision(pair: Pair) -> None:
    """The stamp is part of the write: both come to nothing together."""

    def write_and_fail() -> None:
        with pair.node.transaction() as session:
            session.add(space())
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert head(pair) == Position(0, 0)
    assert pair.told == []


def test_a_rolled_back_savepoint_keeps_the_rest(pair: Pair) -> None:
    """What a savepoint took back is not stamped; what stands around it is, once, at the very end."""
    with pair.node.transaction() as session:
        session.add(space())
        session.flush()
        with session.begin_nested():
            session.add(space(name="Küche"))
        inner = session.begin_nested()
        session.add(space(name="Keller"))
        session.flush()
        inner.rollback()
    assert sorted(change.payload[9:14] for change in pair.changes() if change.payload) == ["Küche", 'Saal"']
    assert head(pair).revision == 2


def test_the_courier_is_told_after_the_commit(pair: Pair) -> None:
    """Who waits for changes is woken once per commit that stamped, never by one that did not."""
    with pair.node.transaction() as session:
        session.add_all([space(), space()])
        session.flush()
        assert pair.told == []
    with pair.node.transaction() as session:
        session.execute(select(func.count()).select_from(Space))
    assert pair.told == [frozenset({UP})]


def test_opening_a_feed_stamps_what_is_there(sqlite_pair: Pair) -> None:
    """A house that worked before it joined the city brings everything along."""
    with sqlite_pair.node.transaction() as session:
        sqlite_pair.at_node.close_feed(session, UP)
    with sqlite_pair.node.transaction() as session:
        session.add_all([space(), event(), event(state="draft")])
    with sqlite_pair.node.transaction() as session:
        sqlite_pair.at_node.open_feed(session, UP, "mini-pc")
    assert [change.collection for change in sqlite_pair.changes()] == ["spaces", "events"]


def test_a_feed_bound_to_another_installation_is_fenced(sqlite_pair: Pair) -> None:
    """A cloned card must not speak; a person can bind the feed to the new machine."""
    with sqlite_pair.node.transaction() as session:
        sqlite_pair.at_node.open_feed(session, UP, "mini-pc")
        assert sqlite_pair.at_node.source(session, UP).state().fence == ""
        sqlite_pair.at_node.open_feed(session, UP, "clone")
        assert "another installation" in sqlite_pair.at_node.source(session, UP).state().fence
    with sqlite_pair.node.transaction() as session:
        sqlite_pair.at_node.rebind(session, UP, "clone")
        assert sqlite_pair.at_node.source(session, UP).state().fence == ""
        assert sqlite_pair.at_node.source(session, UP).instance() == "clone"


def test_the_hubs_records_go_into_every_open_feed(pair: Pair) -> None:
    """Themes are for all houses, an offer of a lost version for one."""
    other = "hub/marxloh"
    with pair.hub.transaction() as session:
        pair.at_hub.open_feed(session, other, "city-server")
        session.add(Theme(key="sport", label_de="Sport"))
        offer = RecoveryOffer(
            centre_id="marxloh", of_collection="spaces", record_id=new_id(), schema_version=1, found_at=NOW
        )
        session.add(offer)
    with pair.hub.transaction() as session:
        found = {
            feed: [change.collection for change in pair.at_hub.source(session, feed).read_after(0, 9, 10**6).changes]
            for feed in pair.at_hub.feeds(session)
        }
    assert found == {DOWN: ["themes"], other: ["themes", "recovery_offers"]}
    assert pair.told == [frozenset({DOWN, other})]


def test_a_record_that_is_for_another_centre_now_is_gone_for_the_first(pair: Pair) -> None:
    """Who is no longer meant gets a tombstone."""
    with pair.hub.transaction() as session:
        pair.at_hub.open_feed(session, "hub/marxloh", "city-server")
        offer = RecoveryOffer(
            centre_id="hamborn", of_collection="spaces", record_id=new_id(), schema_version=1, found_at=NOW
        )
        session.add(offer)
    with pair.hub.transaction() as session:
        session.get_one(RecoveryOffer, offer.id).centre_id = "marxloh"
    with pair.hub.transaction() as session:
        found = {
            feed: [change.operation for change in pair.at_hub.source(session, feed).read_after(0, 9, 10**6).changes]
            for feed in (DOWN, "hub/marxloh")
        }
    assert found == {DOWN: [Operation.DELETE], "hub/marxloh": [Operation.PUT]}


def test_records_of_the_other_side_are_never_stamped(pair: Pair) -> None:
    """A replica's rows belong to their owner's feed."""
    with pair.hub.transaction() as session:
        session.add(Announcement(title="Willkommen", shows_from=NOW))
    pair.down()
    assert head(pair) == Position(0, 0)


@pytest.mark.parametrize(
    "statement",
    [insert(Space), update(Space), delete(Space), update(Space.__table__), insert(Booking.__table__)],  # type: ignore[arg-type]
    ids=str,
)
def test_a_write_past_the_objects_is_refused(sqlite_pair: Pair, statement: Any) -> None:
    """Bulk statements would slip past the stamp, so a session of a watched database refuses them."""
    with pytest.raises(AssertionError, match="replicated"), sqlite_pair.node.transaction() as session:
        session.execute(statement, {"name": "Saal"})


def test_a_write_past_the_stamp_is_found_by_the_scrub(pair: Pair) -> None:
    """Raw SQL behind everybody's back is noticed: a new row, a changed one, a lost one, a resurrected one."""
    with pair.node.transaction() as session:
        kept, changed, lost, erased = space(), space(name="Küche"), space(name="Keller"), space(name="Dach")
        session.add_all([kept, changed, lost, erased])
    with pair.node.transaction() as session:
        pair.at_node.erase(session, [("spaces", erased.id)])
    with pair.node.engine.begin() as connection:
        connection.execute(text("UPDATE spaces SET capacity = 7 WHERE id = :id"), {"id": changed.id})
        connection.execute(text("DELETE FROM spaces WHERE id = :id"), {"id": lost.id})
        again = select(Space.__table__).where(Space.id == kept.id)
        copied = dict(connection.execute(again).mappings().one())
        connection.execute(insert(Space.__table__), [{**copied, "id": new_id()}, {**copied, "id": erased.id}])  # type: ignore[arg-type]
    with pair.node.transaction() as session:
        assert pair.at_node.source(session, UP).scrub() == 3
    with pair.node.transaction() as session:
        assert pair.at_node.source(session, UP).scrub() == 0
        assert session.get(Space, erased.id) is None
    operations = [(change.operation, change.id == lost.id) for change in pair.changes(after=5)]
    assert sorted(operations) == [(Operation.DELETE, True), (Operation.PUT, False), (Operation.PUT, False)]
