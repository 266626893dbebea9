"""The receiver's half, call by call: what it takes, what it refuses, how it answers."""

from dataclasses import replace

import pytest

from shared.replication.messages import (
    START,
    Batch,
    Change,
    Check,
    Cursor,
    Digest,
    Generation,
    Hello,
    Message,
    Operation,
    PassReason,
    Position,
)
from shared.replication.path import PATH_MAX, lengthened
from shared.replication.replica import AUDIT_PAUSE_S, CURSOR_PAUSE_S, STALL_RECORDS_MIN, Replica
from tests.simulation.memory import MemoryReplica

FEED, NODE, HUB = "node/alt-hamborn", "card-1", "hub-1"
FIRST = Generation(1, "first")


def at(revision: int) -> Position:
    return Position(revision, revision * 1000) if revision else START


def hello(head: int, **other: object) -> Hello:
    told = {"instance": NODE, "nonce": "today", "generation": FIRST, "head": at(head), "floor": 0}
    return Hello(feed=FEED, **(told | other))  # type: ignore[arg-type]


def put(revision: int, name: str | None = None, kind: str = "x") -> Change:
    content = f"{revision:032x}"
    return Change("a", name or str(revision), revision, Operation.PUT, 1, content, f"{kind}{revision}")


def batch(after: int, upto: int, head: int, *changes: Change, **other: object) -> Batch:
    told = {
        "instance": NODE,
        "nonce": "today",
        "generation": FIRST,
        "after": at(after),
        "upto": at(upto),
        "head": at(head),
        "floor": 0,
        "changes": changes or tuple(put(revision) for revision in range(after + 1, upto + 1)),
    }
    return Batch(feed=FEED, **(told | other))  # type: ignore[arg-type]


class Listener:
    """A replica with a ledger in memory that has heard the first hello."""

    def __init__(self, head: int = 4) -> None:
        self.ledger = MemoryReplica()
        self.replica = Replica(FEED, HUB, "run", peer=NODE)
        self.now = 0.0
        self.replica.connected(self.ledger, self.now)
        self.hear(hello(head))

    @property
    def stands(self) -> int:
        return self.ledger.state().position.revision

    def hear(self, message: Message) -> list[Message]:
        self.now += 0.01
        return self.replica.receive(message, self.ledger, self.now)


def test_a_connect_says_where_it_stands() -> None:
    """The source answers with a hello, whoever of the two came first."""
    (cursor,) = Replica(FEED, HUB, "run").connected(MemoryReplica(), 0.0)
    assert isinstance(cursor, Cursor)
    assert (cursor.position, cursor.nonce, cursor.generation.number) == (START, "", 0)


def test_a_batch_that_fits_is_applied_and_answered() -> None:
    """The cursor moves to its end; at the head the first pass is complete."""
    listener = Listener()
    (cursor,) = listener.hear(batch(0, 2, 4))
    assert isinstance(cursor, Cursor)
    assert (cursor.position, cursor.nonce, cursor.highest) == (at(2), "today", at(4))
    assert listener.ledger.state().walk is not None
    listener.hear(batch(2, 4, 4))
    assert listener.ledger.state().walk is None


REFUSED = {
    "a gap": batch(3, 4, 4),
    "an overlap": batch(1, 3, 4),
    "another mark": replace(batch(2, 4, 4), after=Position(2, 7)),
    "another generation": batch(2, 4, 4, generation=Generation(1, "other")),
    "another session": batch(2, 4, 4, nonce="yesterday"),
    "another instance": batch(2, 4, 4, instance="card-2"),
    "another feed": replace(batch(2, 4, 4), feed="node/elsewhere"),
    "tombstones missed": batch(2, 4, 4, floor=3),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_batch_that_does_not_fit_changes_nothing(reason: str) -> None:
    """Neither a gap nor another history, session or sender moves the cursor."""
    listener = Listener()
    listener.hear(batch(0, 2, 4))
    before = (listener.ledger.state(), dict(listener.ledger.rows))
    listener.hear(REFUSED[reason])
    assert (listener.ledger.state(), dict(listener.ledger.rows)) == before


def test_a_lower_floor_than_known_is_refused() -> None:
    """A batch of before a purge could bring back what was purged."""
    listener = Listener()
    listener.hear(batch(0, 2, 4, floor=1))
    listener.hear(batch(2, 4, 4, floor=0))
    assert listener.stands == 2


def test_the_same_cursor_is_not_repeated_at_once() -> None:
    """Refusals are answered once in a while, whatever arrives; the last answer is not forgotten."""
    listener = Listener()
    listener.hear(batch(0, 2, 4))
    answers = [listener.hear(batch(0, 2, 4)) for _ in range(20)]
    assert answers == [[]] * 20
    due = listener.replica.due()
    assert due is not None
    assert due <= listener.now + CURSOR_PAUSE_S
    assert len(listener.replica.wake(listener.ledger, due)) == 1
    assert listener.replica.due() is None


def test_a_new_generation_waits_for_the_hello_that_answers() -> None:
    """An unsolicited hello, or one for another copy of this hub, only brings the cursor again."""
    listener = Listener()
    listener.hear(batch(0, 4, 4))
    second = Generation(2, "second")
    for base in (None, Position(3, 99)):
        (cursor,) = listener.hear(hello(9, generation=second, base=base, nonce=f"base {base}"))
        assert isinstance(cursor, Cursor)
        assert (cursor.generation, cursor.path) == (FIRST, (at(4),))
    listener.hear(hello(9, generation=second, base=at(4)))
    state = listener.ledger.state()
    assert (state.generation, state.position, state.path, state.highest) == (second, START, (), at(9))
    assert state.walk is not None
    assert (state.walk.reason, state.walk.base, state.walk.since) == (PassReason.FORK, at(4), state.walk.number)


def test_a_fork_within_a_fork_trusts_the_lower_base() -> None:
    """Rows of the first history are still there, and only below both bases surely known."""
    listener = Listener()
    listener.hear(batch(0, 4, 4))
    listener.hear(hello(9, generation=Generation(2, "second"), base=START))
    listener.hear(batch(0, 3, 9, generation=Generation(2, "second")))
    listener.hear(hello(12, generation=Generation(3, "third"), base=at(3)))
    walk = listener.ledger.state().walk
    assert walk is not None
    assert walk.base == START


def test_a_pass_does_not_end_at_a_head_of_long_ago() -> None:
    """A late batch that reached the head of its time would sweep what came since."""
    listener = Listener(head=9)
    listener.hear(batch(0, 9, 9))
    listener.hear(Check(FEED, NODE, "today", FIRST, at(9), 0, {"a": Digest(1, 1)}))
    walk = listener.ledger.state().walk
    assert walk is not None
    assert walk.reason is PassReason.AUDIT
    listener.hear(batch(0, 3, 3))
    assert listener.stands == 3
    assert listener.ledger.state().walk == walk
    assert len(listener.ledger.rows) == 9


def test_a_late_message_does_not_save_a_row_from_the_sweep() -> None:
    """A row newer than the message keeps its tag: whether it still exists, the walk must show."""
    listener = Listener(head=2)
    listener.hear(batch(0, 2, 2, put(2, "one")))
    listener.hear(Check(FEED, NODE, "today", FIRST, at(2), 0, {}))
    walk = listener.ledger.state().walk
    assert walk is not None
    listener.ledger.apply([put(1, "one")], walk, walk.number)
    assert listener.ledger.rows["a", "one"].tag < walk.number


def test_digests_that_agree_are_reported() -> None:
    """The cursor tells where; digests at another place are not compared."""
    listener = Listener()
    listener.hear(batch(0, 4, 4))
    equal = {"a": Digest(4, sum(range(1, 5)))}
    (cursor,) = listener.hear(Check(FEED, NODE, "today", FIRST, at(4), 0, equal))
    assert isinstance(cursor, Cursor)
    assert cursor.agreed == at(4)
    listener.hear(Check(FEED, NODE, "today", FIRST, Position(4, 5), 0, {}))
    assert listener.ledger.state().agreed == at(4)


def test_an_audit_that_does_not_help_is_not_repeated_at_once() -> None:
    """A difference that a whole walk cannot mend must not make both sides resend for ever."""
    listener = Listener()
    listener.hear(batch(0, 4, 4))
    wrong = Check(FEED, NODE, "today", FIRST, at(4), 0, {})
    listener.hear(wrong)
    listener.hear(batch(0, 4, 4))
    passes = listener.ledger.state().passes
    listener.hear(wrong)
    assert listener.ledger.state().passes == passes
    listener.now += AUDIT_PAUSE_S
    listener.hear(wrong)
    assert listener.ledger.state().passes == passes + 1


def test_many_failures_alike_stall_the_feed() -> None:
    """So many cannot be the records' fault: nothing more is taken until it is released, and nothing is lost."""
    many = STALL_RECORDS_MIN + 5
    listener = Listener(head=many + 1)
    poison = tuple(put(revision, kind="P") for revision in range(1, many + 1))
    (cursor,) = listener.hear(batch(0, many, many + 1, *poison))
    assert isinstance(cursor, Cursor)
    assert (cursor.error, cursor.credit, len(listener.ledger.rows)) == ("invalid", 0, many)
    listener.hear(batch(many, many + 1, many + 1))
    assert listener.stands == many
    (cursor,) = listener.replica.release(listener.ledger, listener.now)
    assert isinstance(cursor, Cursor)
    assert (cursor.error, cursor.credit) == (None, listener.replica.credit)
    listener.hear(batch(many, many + 1, many + 1))
    assert listener.stands == many + 1


def test_one_poison_record_blocks_nothing() -> None:
    """It is kept aside, at its revision, and the feed goes on."""
    listener = Listener(head=2)
    listener.hear(batch(0, 2, 2, put(1, kind="P"), put(2)))
    assert listener.stands == 2
    assert listener.ledger.rows["a", "1"].set_aside == "invalid"


def test_what_is_erased_here_is_reported_until_the_owner_erased_it() -> None:
    """A live version of an erased record is dropped and named in each cursor."""
    listener = Listener(head=2)
    gone = Change("a", "1", 1, Operation.ERASE, 0, "", None)
    listener.hear(batch(0, 1, 2, gone))
    (cursor,) = listener.hear(batch(1, 2, 2, put(2, "1")))
    assert isinstance(cursor, Cursor)
    assert cursor.erased == (("a", "1"),)
    assert listener.ledger.rows["a", "1"].payload is None
    (cursor,) = listener.hear(batch(2, 3, 3, gone._replace(revision=3)))
    assert isinstance(cursor, Cursor)
    assert cursor.erased == ()


def test_the_path_reaches_far_back() -> None:
    """Few places, dense near the end and thin towards the past, always rising."""
    path: tuple[Position, ...] = ()
    for revision in range(1, 20_001):
        path = lengthened(path, at(revision))
    revisions = [place.revision for place in path]
    assert len(path) == PATH_MAX
    assert revisions == sorted(revisions)
    assert revisions[0] == 1
    assert revisions[-3:] == [19_998, 19_999, 20_000]
    assert min(20_000 - revision for revision in revisions if revision <= 19_000) < 3_000
    assert lengthened(path, at(5)) == path
