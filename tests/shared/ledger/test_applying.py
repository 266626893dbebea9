"""The receiver's ledger: kept as it came, judged, shown; one record never blocks another."""

from typing import Any

import pytest
from sqlalchemy import select, text

from hub.core.db import LEDGER as HUB_LEDGER
from hub.programme.models import Event as CityEvent
from hub.recovery.models import RecoveryOffer
from hub.spaces.models import Space as CitySpace
from node.programme.models import Event
from node.spaces.models import Space
from node.themes.models import Theme as HouseTheme
from shared.ids import new_id
from shared.records.spaces import SPACES
from shared.replication.ledger.rendering import content_hash
from shared.replication.messages import Change, Operation, Pass, PassReason, Position
from tests.shared.ledger.conftest import CENTRE, NOW, UP, Pair
from tests.shared.ledger.test_stamping import event, space

NEWER = SPACES.version + 1
SPACE = (
    '{"name":"Saal","kind":"multi_purpose","parent_id":null,"capacity":0,"accessibility":[],"description":"",'
    '"buffer_before_min":0,"buffer_after_min":0,"bookable":true,"rank":0}'
)


def change(revision: int = 1, payload: str = SPACE, **said: Any) -> Change:
    """Return a change of a space as a node would send it; the hash is right unless given."""
    collection, record_id, schema = said.get("collection", "spaces"), said.get("id", ID), said.get("schema", 1)
    hashed = said.get("content_hash", content_hash(collection, record_id, schema, payload))
    return Change(collection, record_id, revision, Operation.PUT, schema, hashed, payload)


def gone(revision: int, operation: Operation = Operation.DELETE, record_id: str = "") -> Change:
    return Change("spaces", record_id or ID, revision, operation, 0, "", None)


def named(name: str) -> str:
    return SPACE.replace("Saal", name)


ID = new_id()


def set_aside(pair: Pair) -> list[tuple[str, str, str]]:
    with pair.hub.reading() as session:
        return [(found.collection, found.status, found.reason) for found in pair.at_hub.set_aside(session, UP)]


def raw(pair: Pair, record_id: str = ID) -> Any:
    records = HUB_LEDGER.shelves.replica.records
    with pair.hub.reading() as session:
        return session.execute(select(records).where(records.c.record_id == record_id)).one_or_none()


def test_a_batch_arrives_field_by_field(pair: Pair) -> None:
    """What the house wrote is what the city reads, under the centre it came from."""
    with pair.node.transaction() as session:
        hall = space(accessibility=("step_free", "parking"), capacity=80)
        made = event(title='Zoë: "Ä\\n"\n\t', languages=("de", "ar"), cost_cents=None, space_id=hall.id)
        session.add_all([hall, made])
    pair.up()
    (city_hall,), (city_event,) = pair.at_hub_now(CitySpace), pair.at_hub_now(CityEvent)
    assert (city_hall.centre_id, city_hall.id, city_hall.accessibility) == (CENTRE, hall.id, ("step_free", "parking"))
    for name in ("title", "languages", "cost_cents", "starts_at", "updated_at", "target_groups", "sequence"):
        assert getattr(city_event, name) == getattr(made, name)
    mine, theirs = pair.digests()
    assert mine == theirs


def test_the_hubs_records_reach_the_node(pair: Pair) -> None:
    """The way down is the same machinery; a node keeps the city's records without a centre."""
    from_city = HUB_LEDGER.shelves.own["themes"].kind
    with pair.hub.transaction() as session:
        session.add(from_city(key="sport", label_de="Sport", rank=3))
    pair.down()
    with pair.node.reading() as session:
        assert session.scalars(select(HouseTheme.label_de)).all() == ["Sport"]


def test_applying_twice_is_applying_once(pair: Pair) -> None:
    """A batch that comes again after a crash changes nothing."""
    pair.apply([change()])
    before = raw(pair)
    pair.apply([change()])
    assert raw(pair) == before
    assert len(pair.at_hub_now(CitySpace)) == 1


def test_a_late_message_never_overwrites_newer(pair: Pair) -> None:
    """Within one history the higher revision wins, and a late one leaves even the tag alone."""
    pair.apply([change(5, named("neu"))], pass_number=1)
    pair.apply([change(4, named("alt"))], pass_number=2)
    assert [found.name for found in pair.at_hub_now(CitySpace)] == ["neu"]
    assert (raw(pair).revision, raw(pair).pass_number) == (5, 1)


def test_a_deletion_takes_the_record_off_and_leaves_a_tombstone(pair: Pair) -> None:
    """Pages show it no more; the ledger remembers the revision of the deletion."""
    pair.apply([change()])
    pair.apply([gone(2)])
    assert pair.at_hub_now(CitySpace) == []
    assert (raw(pair).operation, raw(pair).revision, raw(pair).raw) == ("delete", 2, None)
    pair.apply([change(3)])
    assert len(pair.at_hub_now(CitySpace)) == 1


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (change(payload=SPACE.replace("multi_purpose", "castle")), "quarantined", "kind: Must be one of"),
        (change(payload="[]"), "quarantined", "not a record"),
        (change(payload='{"name":'), "quarantined", "not JSON"),
        (change(payload=SPACE[:-1] + ',"contact_name":"Yıldız"}'), "quarantined", "unknown field"),
        (change(payload='{"\0":1}'), "quarantined", "not JSON"),
        (change(payload=named("a\\u0000b")), "quarantined", "null character"),
        (change(content_hash="0" * 32), "quarantined", "content hash differs"),
        (change(collection="themes"), "quarantined", "not yours"),
        (change(collection="swimming_pools"), "deferred", "unknown collection"),
        (change(schema=NEWER), "deferred", "newer schema"),
        (Change("spaces", ID, 1, Operation.STUB, 1, "0" * 31 + "1", None), "stub", "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_applied_is_set_aside_with_its_reason(
    pair: Pair, sent: Change, status: str, reason: str
) -> None:
    """A bad record never blocks its neighbours, is not shown, and says why."""
    good = change(2, id=new_id())
    outcome = pair.apply([sent, good])
    ((_, found_status, found_reason),) = set_aside(pair)
    assert found_status == status
    assert reason in found_reason
    assert dict(outcome.quarantined) == ({found_reason: 1} if status == "quarantined" else {})
    assert [found.id for found in pair.at_hub_now(CitySpace)] == [good.id]


def test_a_record_set_aside_keeps_what_was_shown_before(pair: Pair) -> None:
    """Until an upgrade understands the new version, people see the last one that was right."""
    pair.apply([change(1)])
    pair.apply([change(2, schema=NEWER)])
    assert [found.name for found in pair.at_hub_now(CitySpace)] == ["Saal"]
    assert raw(pair).status == "deferred"


def test_what_the_database_refuses_is_set_aside_alone(pair: Pair) -> None:
    """A record that passes the schema and still cannot be stored does not take the batch with it."""
    good, bad = change(1, id=new_id()), change(2, named("verboten"))
    with pair.hub.engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_of_a_name ON spaces (name)"))
    try:
        pair.apply([change(1, named("verboten"), id=new_id())])
        outcome = pair.apply([bad, good])
    finally:
        with pair.hub.engine.begin() as connection:
            connection.execute(text("DROP INDEX one_of_a_name"))
    assert dict(outcome.quarantined) == {"refused by the database": 1}
    assert {found.id for found in pair.at_hub_now(CitySpace)} >= {good.id}
    assert set_aside(pair) == [("spaces", "quarantined", "refused by the database")]


def test_erasure_sticks(pair: Pair) -> None:
    """After an erasure no content is left, and a version out of an old copy is dropped and reported."""
    pair.apply([change(1)])
    pair.apply([gone(2, Operation.ERASE)])
    assert (raw(pair).status, raw(pair).raw, pair.at_hub_now(CitySpace)) == ("erased", None, [])
    outcome = pair.apply([change(3)], pass_number=4)
    assert outcome.erased == (("spaces", ID),)
    assert (raw(pair).status, raw(pair).raw, raw(pair).pass_number) == ("erased", None, 4)
    pair.apply([gone(4)], pass_number=5)
    assert (raw(pair).status, raw(pair).pass_number) == ("erased", 5)
    assert pair.at_hub_now(CitySpace) == []


def test_erasure_takes_candidates_and_offers_along(pair: Pair) -> None:
    """Nothing of an erased record may come back as an offer of a lost version."""
    pair.apply([change(5)], pass_number=0)
    with pair.hub.transaction() as session:
        session.add_all(
            RecoveryOffer(centre_id=centre, of_collection="spaces", record_id=ID, schema_version=1, found_at=NOW)
            for centre in (CENTRE, "marxloh")
        )
    pair.apply([change(2, named("anders"))], walk=Pass(1, PassReason.FORK, 9, since=1), pass_number=1)
    with pair.hub.reading() as session:
        assert len(pair.at_hub.candidates(session, UP)) == 1
    pair.apply([gone(3, Operation.ERASE)], walk=Pass(1, PassReason.FORK, 9, since=1), pass_number=1)
    with pair.hub.reading() as session:
        assert pair.at_hub.candidates(session, UP) == []
        assert session.scalars(select(RecoveryOffer.centre_id)).all() == ["marxloh"]


FORK = Pass(1, PassReason.FORK, 9, base=Position(4, 44), since=1)


@pytest.mark.parametrize(
    ("held", "sent", "lost"),
    [
        (change(5), change(3, named("alt")), 1),  # newer than what both knew, and different
        (change(4), change(3, named("alt")), 0),  # both knew it: the house changed its mind
        (change(5), change(3), 0),  # the same content
        (change(5), gone(6), 1),
        (gone(5), change(3), 1),  # a deletion may be lost too
        (gone(5), gone(3), 0),
    ],
)
def test_a_version_that_the_owner_may_have_lost_becomes_a_candidate(
    pair: Pair, held: Change, sent: Change, lost: int
) -> None:
    """After a fork, what differs and is not below the base is kept before it is replaced."""
    pair.apply([held], pass_number=0)
    pair.apply([sent], FORK, 1)
    with pair.hub.reading() as session:
        found = pair.at_hub.candidates(session)
        assert len(found) == lost
        for candidate in found:
            assert (candidate.feed, candidate.record_id, candidate.payload) == (UP, ID, held.payload)
    assert (raw(pair).revision, raw(pair).raw) == (sent.revision, sent.payload)


def test_a_row_met_in_the_fork_pass_is_of_the_new_history(pair: Pair) -> None:
    """Once a pass has touched a row, the ordinary rule holds again: the higher revision wins."""
    pair.apply([change(9)], pass_number=0)
    pair.apply([change(3, named("drei"))], FORK, 1)
    pair.apply([change(2, named("zwei"))], FORK, 1)
    assert raw(pair).revision == 3


def test_an_upgrade_shows_what_was_set_aside(sqlite_pair: Pair) -> None:
    """What is understood after an upgrade is shown, what is not stays aside, with counts of both."""
    pair = sqlite_pair
    pair.apply([change(1, schema=NEWER), change(2, "[]", id=new_id())])
    with pair.hub.transaction() as session:
        assert pair.at_hub.reproject(session) == (0, 0)  # no cursor was ever stored: the feed is not known
        replica = pair.at_hub.replica(session, UP)
        replica.save(replica.state())
        assert pair.at_hub.reproject(session) == (2, 0)
        records = HUB_LEDGER.shelves.replica.records
        right = content_hash("spaces", ID, 1, SPACE)
        downgraded = records.update().where(records.c.record_id == ID).values(schema=1, content_hash=right)
        session.connection().execute(downgraded)
        assert pair.at_hub.reproject(session, UP) == (2, 1)
    assert [found.id for found in pair.at_hub_now(CitySpace)] == [ID]
    assert [reason for _, _, reason in set_aside(pair)] == ["not a record"]


def test_one_centre_cannot_touch_anothers_records(pair: Pair) -> None:
    """The centre is part of the key: the same id from two houses is two records."""
    pair.apply([change(1)])
    with pair.hub.transaction() as session:
        other = pair.at_hub.replica(session, "node/marxloh")
        other.apply([change(1, named("Marxloh"))], None, 0)
        other.apply([gone(2, record_id=ID)], None, 0)
    assert [(found.centre_id, found.name) for found in pair.at_hub_now(CitySpace)] == [(CENTRE, "Saal")]


def test_a_node_cannot_delete_what_the_hub_owns(sqlite_pair: Pair) -> None:
    """A deletion of a collection that is not the sender's touches no table that pages read."""
    theme = HUB_LEDGER.shelves.own["themes"].kind
    with sqlite_pair.hub.transaction() as session:
        kept = theme(key="sport", label_de="Sport")
        session.add(kept)
    sqlite_pair.apply([Change("themes", kept.id, 1, Operation.DELETE, 0, "", None)])
    assert [found.id for found in sqlite_pair.at_hub_now(theme)] == [kept.id]


def test_a_whole_life_agrees_in_the_end(pair: Pair) -> None:
    """Written, changed, withdrawn, deleted, erased: after the last page both sides are the same."""
    with pair.node.transaction() as session:
        halls = [space(name=f"Raum {number}") for number in range(30)]
        talks = [event(title=f"Vortrag {number}") for number in range(30)]
        session.add_all([*halls, *talks])
    pair.up()
    with pair.node.transaction() as session:
        for number in range(10):
            session.get_one(Space, halls[number].id).capacity = number + 1
            session.get_one(Event, talks[number].id).state = "draft"
        for number in range(10, 20):
            session.delete(session.get_one(Space, halls[number].id))
        pair.at_node.erase(session, [("events", talks[29].id)])
    pair.up(after=60)
    mine, theirs = pair.digests()
    assert mine == theirs
    assert {name: digest.records for name, digest in mine.items()} == {"spaces": 20, "events": 19}
    assert (len(pair.at_hub_now(CitySpace)), len(pair.at_hub_now(CityEvent))) == (20, 19)
