"""The end of a pass: what was not met goes, is kept as a candidate, or waits for a person."""

from dataclasses import replace

import pytest

from hub.spaces.models import Space as CitySpace
from shared.ids import new_id
from shared.replication.messages import START, Generation, Operation, Pass, PassReason, Position, ReplicaState
from tests.shared.ledger.conftest import UP, Pair
from tests.shared.ledger.test_applying import NEWER, change, gone

IDS = [new_id() for _ in range(30)]


def fill(pair: Pair, number: int, *, tag: int = 0) -> None:
    """Put records with revisions 1, 2, … into the hub, tagged with a pass."""
    pair.apply([change(place + 1, id=IDS[place]) for place in range(number)], pass_number=tag)


def sweep(pair: Pair, walk: Pass) -> int | None:
    with pair.hub.transaction() as session:
        replica = pair.at_hub.replica(session, UP)
        replica.save(replace(replica.state(), generation=Generation(1, "a"), walk=walk, passes=walk.number))
        return replica.sweep(walk)


def lost(pair: Pair) -> list[int]:
    with pair.hub.reading() as session:
        return sorted(candidate.revision for candidate in pair.at_hub.candidates(session, UP))


@pytest.mark.parametrize(
    ("walk", "candidates"),
    [
        (Pass(1, PassReason.COLLECTED, 9), []),
        (Pass(1, PassReason.AUDIT, 9), [3, 4, 5]),
        (Pass(1, PassReason.FORK, 9, base=Position(4, 44), since=1), [5]),
        (Pass(1, PassReason.FORK, 9, base=START, since=1), [3, 4, 5]),
        (Pass(1, PassReason.FORK, 9, base=START, since=0), []),
    ],
    ids=["collected", "audit", "fork", "fork without base", "fork of this history"],
)
def test_rows_that_a_pass_did_not_meet_are_swept(pair: Pair, walk: Pass, candidates: list[int]) -> None:
    """They go from the pages; after an audit or a fork those that may be lost are kept as candidates."""
    fill(pair, 5)
    pair.apply([change(6, id=IDS[0]), change(7, id=IDS[1])], walk, 1)
    assert sweep(pair, walk) == 3
    assert {found.id for found in pair.at_hub_now(CitySpace)} == {IDS[0], IDS[1]}
    assert lost(pair) == candidates
    assert sweep(pair, walk) == 0


def test_tombstones_go_with_the_sweep_and_erasures_stay(pair: Pair) -> None:
    """A deletion that was not met is forgotten; what was erased can never come back."""
    fill(pair, 2)
    pair.apply([gone(3, record_id=IDS[0]), gone(4, Operation.ERASE, IDS[1])])
    assert sweep(pair, Pass(1, PassReason.AUDIT, 9)) == 0
    outcome = pair.apply([change(5, id=IDS[0]), change(6, id=IDS[1])], pass_number=1)
    assert outcome.erased == (("spaces", IDS[1]),)
    assert lost(pair) == []


def test_another_centres_rows_are_left_alone(pair: Pair) -> None:
    """A pass over one feed sweeps that feed only."""
    with pair.hub.transaction() as session:
        pair.at_hub.replica(session, "node/marxloh").apply([change(1, id=IDS[0])], None, 0)
    fill(pair, 1)
    assert sweep(pair, Pass(1, PassReason.COLLECTED, 9)) == 1
    assert [found.centre_id for found in pair.at_hub_now(CitySpace)] == ["marxloh"]


def test_a_large_sweep_waits_for_a_person(pair: Pair) -> None:
    """Over 20 rows and over a fifth of all: nothing is swept until somebody confirms."""
    fill(pair, 30)
    walk = Pass(1, PassReason.COLLECTED, 9)
    pair.apply([change(40 + place, id=IDS[place]) for place in range(9)], walk, 1)
    assert sweep(pair, walk) is None
    assert len(pair.at_hub_now(CitySpace)) == 30
    with pair.hub.transaction() as session:
        assert pair.at_hub.replica_health(session, UP).unconfirmed == 21
        assert pair.at_hub.confirm_sweep(session, UP) == 21
    assert sweep(pair, walk) == 21
    with pair.hub.reading() as session:
        assert pair.at_hub.replica_health(session, UP).unconfirmed == 0
    assert len(pair.at_hub_now(CitySpace)) == 9


def test_a_confirmation_holds_for_one_pass_only(pair: Pair) -> None:
    """What a person allowed once is no permission for the next time."""
    fill(pair, 30)
    with pair.hub.transaction() as session:
        assert pair.at_hub.confirm_sweep(session, UP) == 0
    assert sweep(pair, Pass(1, PassReason.COLLECTED, 9)) is None
    with pair.hub.transaction() as session:
        pair.at_hub.confirm_sweep(session, UP)
    assert sweep(pair, Pass(2, PassReason.COLLECTED, 9)) is None


def test_the_state_comes_back_as_it_was_saved(pair: Pair) -> None:
    """Everything a replica must remember survives, numbers of 63 bits too."""
    large = 2**63 - 1
    states = [
        ReplicaState(),
        ReplicaState(
            Generation(large, "x" * 64),
            Position(large, large),
            Position(large, 1),
            (Position(1, 2), Position(large, large)),
            large,
            7,
            Pass(7, PassReason.FORK, large, Position(3, large), 6),
            Position(5, 6),
            "something failed",
        ),
        ReplicaState(Generation(1, "a"), path=(Position(1, 1),), stalled=None),
    ]
    for state in states:
        with pair.hub.transaction() as session:
            pair.at_hub.replica(session, UP).save(state)
        with pair.hub.transaction() as session:
            assert pair.at_hub.replica(session, UP).state() == state


def test_health_tells_both_halves(pair: Pair) -> None:
    """Backlog, agreement and what was set aside, as the pages show them."""
    fill(pair, 3)
    pair.apply([change(4, "[]", id=IDS[3]), change(5, schema=NEWER, id=IDS[4]), gone(6, record_id=IDS[0])])
    with pair.hub.transaction() as session:
        replica = pair.at_hub.replica(session, UP)
        replica.save(replace(replica.state(), position=Position(6, 1), agreed=Position(6, 1)))
        health = pair.at_hub.replica_health(session, UP)
        assert (health.heard, health.revision, health.agreed) == (True, 6, Position(6, 1))
        assert (health.records, health.quarantined, health.deferred, health.erased) == (4, 1, 1, 0)
        assert [found.record_id for found in pair.at_hub.set_aside(session, UP)] == IDS[3:5]
        assert [found.record_id for found in pair.at_hub.set_aside(session, offset=1, limit=5)] == IDS[4:5]
        assert not pair.at_hub.replica_health(session, "node/unheard").heard
        assert pair.at_hub.feed_health(session, "hub/unheard") is None


def test_a_candidate_is_forgotten_once_it_was_offered(pair: Pair) -> None:
    """The offer carries it from then on."""
    fill(pair, 2)
    sweep(pair, Pass(1, PassReason.AUDIT, 9))
    with pair.hub.transaction() as session:
        first, _ = pair.at_hub.candidates(session, UP)
        pair.at_hub.drop_candidate(session, first)
    assert lost(pair) == [2]
