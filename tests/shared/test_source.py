"""The owner's half, call by call: what it says to which cursor, and when."""

from random import Random

import pytest

from shared.replication.messages import START, UNHEARD, Batch, Check, Cursor, Generation, Hello, Message, Position
from shared.replication.session import CHECK_AGAIN_S, REOPEN_PAUSE_S, RESEND_AFTER_S, RESEND_MAX_S
from shared.replication.source import CHECK_EVERY_S, FORKS_MAX, REST_S, Source
from tests.simulation.memory import MemorySource

FEED, NODE, HUB = "node/alt-hamborn", "card-1", "hub-1"


class Talk:
    """A source with a ledger in memory, and a receiver that says what the test wants."""

    def __init__(self, records: int = 0, *, batch: int = 2) -> None:
        self.ledger = MemorySource(Random(1))
        self.source = Source(FEED, NODE, peer=HUB, records_max=batch)
        self.sequence = 0
        self.now = 0.0
        for number in range(1, records + 1):
            self.ledger.write([(("a", str(number)), f"x{number}")])

    def place(self, revision: int) -> Position:
        return Position(revision, self.ledger.mark(revision) or 0)

    def connect(self, nonce: str = "today") -> list[Message]:
        return self.source.connected(nonce, self.ledger, self.now)

    def cursor(self, revision: int = 0, **other: object) -> Cursor:
        self.sequence += 1
        place = self.place(revision)
        told = {
            "instance": HUB,
            "nonce": "today",
            "generation": self.ledger.generation,
            "position": place,
            "highest": place,
            "path": (place,) if revision else (),
            "floor": 0,
            "credit": 8,
            "sequence": self.sequence,
            "run": "run",
        }
        return Cursor(feed=FEED, **(told | other))  # type: ignore[arg-type]

    def hear(self, revision: int = 0, **other: object) -> list[Message]:
        return self.source.receive(self.cursor(revision, **other), self.ledger, self.now)

    def wake_at(self, now: float) -> list[Message]:
        self.now = now
        return self.source.wake(self.ledger, now)


def ends(messages: list[Message]) -> list[int]:
    """Return where batches end; fails for another kind of message."""
    found = []
    for message in messages:
        assert isinstance(message, Batch)
        found.append(message.upto.revision)
    return found


def test_a_receiver_that_starts_anew_right_after_the_session_began_is_greeted_when_the_pause_is_over() -> None:
    """It says where it stands once and waits: nobody else would speak before the next check."""
    talk = Talk()
    talk.connect()
    talk.hear(0)
    assert talk.hear(0, nonce="", run="restarted", sequence=1) == []
    assert talk.source.due() <= REOPEN_PAUSE_S
    (hello,) = talk.wake_at(REOPEN_PAUSE_S)
    assert isinstance(hello, Hello)
    assert talk.source.due() > REOPEN_PAUSE_S


def test_a_receiver_that_heard_the_hello_meanwhile_is_not_greeted_again() -> None:
    """The pause protects from chatter, and so does this."""
    talk = Talk()
    talk.connect()
    talk.hear(0)
    talk.hear(0, nonce="", run="restarted", sequence=1)
    talk.hear(0, run="restarted", sequence=2)
    assert all(not isinstance(said, Hello) for said in talk.wake_at(REOPEN_PAUSE_S))


def test_nothing_but_a_hello_before_the_nonce_came_back() -> None:
    """A cursor of an earlier session brings another hello at most, never records."""
    talk = Talk(5)
    (hello,) = talk.connect()
    assert isinstance(hello, Hello)
    assert hello.base is None
    assert [type(message) for message in talk.hear(0, nonce="yesterday")] in ([], [Hello])
    assert talk.hear(0, nonce="yesterday") == []
    assert ends(talk.hear(0)) == [2]


def test_the_window_opens_with_progress_and_never_beyond_credit() -> None:
    """It starts with one batch; each step forward admits one more, up to what the receiver allows."""
    talk = Talk(40)
    talk.connect()
    assert ends(talk.hear(0)) == [2]
    assert ends(talk.hear(2)) == [4, 6]
    assert ends(talk.hear(4)) == [8, 10]
    assert ends(talk.hear(6, credit=2)) == []
    assert ends(talk.hear(8, credit=2)) == [12]


def test_a_cursor_without_progress_sends_nothing() -> None:
    """Only the timer resends, later each time, and in the end it just asks whether anybody is there."""
    talk = Talk(9)
    talk.connect()
    assert ends(talk.hear(0)) == [2]
    assert talk.hear(0) == []
    assert talk.wake_at(1.0) == []
    waits = []
    for expected in ([2], [2], Hello):
        due = talk.source.due()
        assert due is not None
        waits.append(due - talk.now)
        again = talk.wake_at(due)
        assert again
        assert isinstance(again[0], Hello) if expected is Hello else ends(again) == expected
    assert 0.7 * RESEND_AFTER_S < waits[0] < waits[1] < waits[2] < RESEND_MAX_S * 1.3


def test_a_late_cursor_is_known_as_late() -> None:
    """A cursor of the same run with a lower number changes nothing."""
    talk = Talk(9)
    talk.connect()
    old = talk.cursor(0)
    talk.hear(2)
    assert talk.source.receive(old, talk.ledger, 0.0) == []
    assert talk.ledger.state().acknowledged == talk.place(2)


def test_a_lower_cursor_of_a_restored_receiver_counts() -> None:
    """What it lacks is sent again, and its tombstones wait for it again."""
    talk = Talk(9)
    talk.connect()
    talk.hear(8)
    talk.now = 60.0
    assert ends(talk.hear(4, run="after the restore")) == [6]
    assert talk.ledger.state().acknowledged == talk.place(4)


def test_a_receiver_of_a_lower_generation_hears_a_base_of_its_own_path() -> None:
    """The greatest place of its path that the marks confirm, not one that the source remembers."""
    talk = Talk(6)
    talk.connect()
    path = (talk.place(2), talk.place(4), Position(6, 12345))
    (hello,) = talk.hear(0, generation=Generation(0, "older"), path=path)
    assert isinstance(hello, Hello)
    assert hello.base == talk.place(4)
    (hello,) = talk.hear(0, generation=UNHEARD)
    assert isinstance(hello, Hello)
    assert hello.base == START


CONTRADICTIONS = {
    "another mark": {"position": Position(4, 12345)},
    "another highest mark": {"highest": Position(4, 12345)},
    "ahead": {"highest": Position(99, 1)},
    "a higher floor": {"floor": 3},
    "another id of the generation": {"generation": Generation(1, "other")},
    "a higher generation": {"generation": Generation(4, "other")},
}


@pytest.mark.parametrize("reason", CONTRADICTIONS)
def test_what_my_history_cannot_have_told_is_a_fork(reason: str) -> None:
    """The new generation and head lie above all that either side has used."""
    talk = Talk(6)
    talk.connect()
    cursor = talk.cursor(4, **CONTRADICTIONS[reason])
    (hello,) = talk.source.receive(cursor, talk.ledger, 0.0)
    assert isinstance(hello, Hello)
    assert hello.generation.number > max(1, cursor.generation.number)
    assert hello.head.revision > max(6, cursor.highest.revision)
    assert hello.base is not None


def test_the_third_fork_in_a_day_is_a_persons_decision() -> None:
    """A copied machine would fork for ever: the source falls silent instead."""
    talk = Talk(6)
    talk.ledger.count_forks = True
    talk.connect()
    for _ in range(FORKS_MAX):
        assert len(talk.hear(4, highest=Position(4, 12345))) == 1
    assert talk.hear(4, highest=Position(4, 12345)) == []
    assert talk.ledger.state().fence
    assert talk.wake_at(10_000.0) == []


def test_another_instance_is_not_heard() -> None:
    """A contradiction of somebody else forks nothing."""
    talk = Talk(6)
    talk.connect()
    assert talk.hear(4, instance="hub-2", highest=Position(99, 1)) == []
    assert talk.ledger.generation.number == 1


def test_a_receiver_whose_mark_was_pruned_starts_over() -> None:
    """The hello names its highest place, so that it cannot be taken for an older one."""
    talk = Talk(6)
    talk.connect()
    place = talk.place(3)
    del talk.ledger.marks[3]
    (hello,) = talk.hear(0, position=place, highest=place)
    assert isinstance(hello, Hello)
    assert hello.restart == place


def test_a_receiver_below_a_new_floor_is_told_so() -> None:
    """It missed tombstones; the hello confirms its history, so that it may walk through it again."""
    talk = Talk(6)
    talk.connect()
    talk.ledger.floor = 5
    (hello,) = talk.hear(3)
    assert isinstance(hello, Hello)
    assert (hello.floor, hello.base) == (5, talk.place(3))
    assert ends(talk.hear(3, floor=5, nonce="today")) == [5]


def test_digests_are_compared_at_rest_and_again_every_hour() -> None:
    """Not at once after a commit, and not while the receiver is behind."""
    talk = Talk(4)
    talk.connect()
    assert talk.hear(4) == []
    assert talk.wake_at(REST_S / 2) == []
    (check,) = talk.wake_at(REST_S + 0.1)
    assert isinstance(check, Check)
    assert check.at == talk.place(4)
    talk.hear(4, agreed=talk.place(4))
    assert talk.ledger.state().agreed == talk.place(4)
    assert talk.wake_at(CHECK_EVERY_S / 2) == []
    assert isinstance(talk.wake_at(CHECK_EVERY_S + 10)[0], Check)


def test_a_first_check_that_nobody_answers_is_soon_repeated_once() -> None:
    """A centre that has just joined shall not look delayed for a minute; after that the pauses grow."""
    talk = Talk(4)
    talk.connect()
    talk.hear(4)
    (first,) = talk.wake_at(REST_S + 0.1)
    assert talk.wake_at(REST_S + CHECK_AGAIN_S - 0.5) == []
    assert talk.wake_at(REST_S + CHECK_AGAIN_S + 0.5) == [first]
    assert talk.wake_at(REST_S + 3 * CHECK_AGAIN_S) == []


def test_the_first_records_of_an_empty_feed_are_soon_compared() -> None:
    """That nothing equals nothing was proven a moment ago; it shall not hold up what a new house writes first."""
    talk = Talk(0)
    talk.connect()
    talk.now = 100.0
    assert isinstance(talk.hear(0)[0], Check)
    talk.ledger.write([(("a", "1"), "x1")])
    assert ends(talk.wake_at(101)) == [1]
    assert talk.hear(1) == []
    assert isinstance(talk.wake_at(100 + REST_S + 1.5 * CHECK_AGAIN_S)[0], Check)


@pytest.mark.parametrize(("records", "pause_s"), [(4, 45), (8_000, 120)])
def test_a_large_feed_is_checked_less_often(records: int, pause_s: int) -> None:
    """A check reads every hash on both sides, and a house that works would call for one after each tap."""
    talk = Talk(records)
    talk.connect()
    talk.hear(records)
    assert isinstance(talk.wake_at(REST_S + 0.1)[0], Check)
    talk.ledger.write([(("a", "1"), f"x{records + 1}")])
    (batch,) = talk.wake_at(10)
    assert isinstance(batch, Batch)
    talk.hear(records + 1, agreed=talk.place(records))
    assert next(at for at in range(15, pause_s + 60, 5) if talk.wake_at(at)) > pause_s * 0.5
    assert talk.source.due() is not None


def test_what_a_receiver_has_erased_is_erased_here_too() -> None:
    """An old backup may have brought it back; a tombstone is made even if the row is absent."""
    talk = Talk(3)
    talk.connect()
    talk.hear(3, erased=(("a", "1"), ("a", "unknown")))
    assert ("a", "1") not in talk.ledger.rows
    assert {talk.ledger.operation(key) for key in (("a", "1"), ("a", "unknown"))} == {"erase"}


def test_a_stalled_receiver_gets_nothing_and_is_asked_now_and_then() -> None:
    """Without credit there are no batches, but a lost cursor must not end the talk."""
    talk = Talk(6)
    talk.connect()
    assert talk.hear(2, credit=0, error="invalid") == []
    due = talk.source.due()
    assert due is not None
    assert due > talk.now
    assert isinstance(talk.wake_at(due)[0], Hello)
