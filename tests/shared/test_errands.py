"""Many letters in one transaction: nothing said too early, and one bad letter harms nobody."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import pytest
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import func, select
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from hub.core.db import LEDGER, Base
from hub.network.models import CentreProgram, RejectedMessage
from hub.themes.service import plant_first_themes
from shared import topics
from shared.database import Database
from shared.errors import WireError
from shared.mqtt import Letter
from shared.replication.ends import End, Seat, make_end
from shared.replication.errands import TOGETHER_MAX, TOGETHER_S, Clerk, Errand
from shared.replication.messages import START, Batch, Cursor, Hello, Message, ReplicaState
from shared.replication.rejections import Rejections
from shared.replication.roster import Roster
from shared.time import now
from tests.linked import CITY, within

CENTRES = ("alt-hamborn", "marxloh", "meiderich")


class Desk:
    """A clerk at work: open feeds for three centres, and a note of everything that leaves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rejections = Rejections(RejectedMessage)
        self.roster = Roster(CITY, "hub-1", LEDGER)
        self.roster.seat(Seat(topics.hub_feed(centre), is_source=True) for centre in CENTRES)
        self.said: list[tuple[str, Message]] = []
        self.rows_when_said: list[int] = []
        self.commits = 0
        self.clerk = Clerk(
            database=database,
            ledger=LEDGER,
            roster=self.roster,
            rejections=self.rejections,
            clock=now,
            send=self.send,
            guard=lambda session, feeds: None,
        )

    def send(self, end: End, message: Message) -> None:
        self.said.append((end.feed, message))
        self.rows_when_said.append(self.rows())

    def end(self, centre: str) -> End:
        found = self.roster.hearing(topics.ack(CITY, topics.hub_feed(centre)))
        assert found is not None
        return found

    def rows(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(CentreProgram)) or 0

    def notes(self, centre: str, *, opens: bool = False) -> Errand:
        """Return an errand that writes a row and opens or wakes the centre's end."""

        def act(session: Session, at: float) -> Sequence[Message]:
            session.add(CentreProgram(centre_id=centre, version="1", database="1", records="{}", said_at=now()))
            return self.end(centre).open(session, at) if opens else []

        return Errand(act, self.end(centre), opens=opens)


def failing(fault: Exception) -> Callable[[Session, float], Sequence[Message]]:
    def act(session: Session, at: float) -> Sequence[Message]:
        raise fault

    return act


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    Base.metadata.create_all(database.engine)
    LEDGER.watch(database)
    with database.transaction() as session:
        plant_first_themes(session)
        for centre in CENTRES:
            LEDGER.open_feed(session, topics.hub_feed(centre), "hub-1")
    made = Desk(database)

    def count(session: Session) -> None:
        made.commits += 1

    database.on_session("after_commit", count)
    yield made
    database.dispose()


def test_what_lies_side_by_side_shares_a_commit(desk: Desk) -> None:
    """Three centres' letters cost one commit, and every end is open and answered."""
    desk.clerk.run([desk.notes(centre, opens=True) for centre in CENTRES])
    assert desk.commits == 1
    assert [feed for feed, _ in desk.said] == [topics.hub_feed(centre) for centre in CENTRES]
    assert all(desk.end(centre).is_open for centre in CENTRES)


def test_nothing_is_said_before_everything_is_committed(desk: Desk) -> None:
    """Whoever hears the first answer could read what all of them wrote."""
    desk.clerk.run([desk.notes(centre, opens=True) for centre in CENTRES])
    assert desk.rows_when_said == [3, 3, 3]


def test_a_transaction_takes_so_many_and_no_more(desk: Desk) -> None:
    """A person who wants to write waits for a short transaction of ours, not for all that came."""
    desk.clerk.run([Errand(lambda session, at: []) for _ in range(3 * TOGETHER_MAX)])
    assert desk.commits >= 3


def test_a_fault_of_ours_resets_one_end_and_harms_no_other(desk: Desk) -> None:
    """The two beside the one that stumbles are written, answered and open; that one rests."""
    first, broken, last = CENTRES
    errands = [desk.notes(first, opens=True), desk.notes(broken, opens=True), desk.notes(last, opens=True)]
    errands[1] = errands[1]._replace(act=failing(ZeroDivisionError()))
    desk.clerk.run(errands)
    assert desk.rows() == 2
    assert [desk.end(centre).is_open for centre in CENTRES] == [True, False, True]
    assert desk.end(broken).resting
    assert {feed for feed, _ in desk.said} == {topics.hub_feed(first), topics.hub_feed(last)}


def test_a_bad_letter_is_set_aside_and_harms_no_other(desk: Desk) -> None:
    """A letter that proves malformed in the middle is noted; its end goes on, and so do the others."""
    desk.clerk.run([desk.notes(centre, opens=True) for centre in CENTRES[:2]])
    letter = Letter(desk.end(CENTRES[1]).hears, b"nonsense")
    bad = Errand(failing(WireError("malformed")), desk.end(CENTRES[1]), letter)
    desk.clerk.run([bad, desk.notes(CENTRES[2], opens=True)])
    assert desk.rows() == 3
    assert all(desk.end(centre).is_open for centre in CENTRES)
    assert desk.rejections.total == 1


def test_letters_for_an_end_that_was_reset_are_left_alone(desk: Desk) -> None:
    """After a fault the end speaks first again: what lies behind it in the inbox is not for it."""
    desk.clerk.run([desk.notes(CENTRES[0], opens=True)])
    end = desk.end(CENTRES[0])
    letter = Letter(end.hears, b"")
    desk.clerk.run([Errand(failing(ZeroDivisionError()), end, letter), Errand(desk.notes(CENTRES[1]).act, end, letter)])
    assert desk.rows() == 1  # of the opening
    assert end.resting


def test_a_machine_forgets_what_was_rolled_back(desk: Desk) -> None:
    """A cursor whose transaction failed for another's fault is answered at once, not after a time-out."""
    end = desk.end(CENTRES[0])
    desk.clerk.run([Errand(end.open, end, opens=True)])
    (_, hello), *_ = desk.said
    assert isinstance(hello, Hello)
    said = {"feed": end.feed, "instance": "node-1", "nonce": hello.nonce, "generation": hello.generation}
    cursor = Cursor(**said, position=START, highest=START, path=(), floor=0, credit=8, sequence=1, run="a")

    def hear(session: Session, at: float) -> Sequence[Message]:
        return end.receive(session, cursor, at)

    broken = Errand(failing(ZeroDivisionError()), desk.end(CENTRES[1]), opens=True)
    desk.clerk.run([Errand(hear, end, Letter(end.hears, b"")), broken])
    assert isinstance(desk.said[-1][1], Batch)


def test_who_waited_for_another_writer_does_no_less_together(desk: Desk) -> None:
    """The time that a person may have to wait for us begins when we hold the database, not while we wait for it."""

    def waits(session: Session, feeds: Collection[str]) -> None:
        begun = time.monotonic()
        within(5, lambda: time.monotonic() > begun + 2 * TOGETHER_S)

    desk.clerk._guard = waits
    desk.clerk.run([desk.notes(centre, opens=True) for centre in CENTRES])
    assert desk.commits == 1


def test_a_stall_is_released_although_the_first_try_was_rolled_back(desk: Desk) -> None:
    """What an end did in a transaction of its own that failed is not done; the next one does it."""
    feed = topics.node_feed(CENTRES[0])
    end = make_end(Seat(feed, is_source=False), CITY, "hub-1", LEDGER)
    with desk.database.transaction() as session:
        LEDGER.replica(session, feed).save(ReplicaState(stalled="a fault of ours"))

    def fails(session: Session, at: float) -> Sequence[Message]:
        end.open(session, at)
        raise ZeroDivisionError

    desk.clerk.run([Errand(fails, end, opens=True)])
    desk.clerk.run([Errand(end.open, end, opens=True)])
    with desk.database.reading() as session:
        assert LEDGER.replica(session, feed).state().stalled is None


def test_what_cannot_be_sent_harms_no_other(desk: Desk) -> None:
    """A fault between commit and wire resets that end; the others are answered, and their timers run."""
    unlucky, *others = CENTRES

    def send(end: End, message: Message) -> None:
        if end is desk.end(unlucky):
            raise ZeroDivisionError
        desk.send(end, message)

    desk.clerk._send = send
    desk.clerk.run([desk.notes(centre, opens=True) for centre in CENTRES])
    assert desk.end(unlucky).resting
    assert [feed for feed, _ in desk.said] == [topics.hub_feed(centre) for centre in others]
    assert all(desk.end(centre).timer is not None for centre in CENTRES)


def test_timers_do_not_pile_up(desk: Desk) -> None:
    """An end that is busy once a minute is woken once each time, and old timers go when their time comes."""
    end = desk.end(CENTRES[0])
    desk.clerk.run([Errand(end.open, end, opens=True)])
    flow = end._machine._session
    desk.roster._timers.clear()
    end.timer = None
    for begun_at in range(0, 6 * 3600, 60):
        for due_at in (begun_at + 3600.0, begun_at + 2.0):  # at rest, then hurried by a commit
            flow.next_at = due_at
            desk.roster.set_timer(end)
        assert list(desk.roster.due(begun_at + 2.0)) == [end]
    assert len(desk.roster._timers) <= 62


def test_a_database_that_takes_no_writes_is_no_fault_of_the_program(desk: Desk, caplog) -> None:
    """A PostgreSQL that became a standby is waited for in a line, not in a traceback for each house."""
    fault = InternalError("UPDATE", {}, ReadOnlySqlTransaction("read-only"))
    desk.clerk.run([Errand(failing(fault), desk.end(CENTRES[0]), opens=True)])
    assert desk.end(CENTRES[0]).resting
    assert "waits: read-only" in caplog.text
    assert "Traceback" not in caplog.text
