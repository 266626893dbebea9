"""Two machines with one identity are told from one that was restarted, whatever the broker does with old letters."""

from datetime import UTC, datetime, timedelta

from hub.ingest.belief import Machines
from hub.network.models import Member
from shared.replication.messages import START, Cursor, Generation

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def cursor(run: str, sequence: int, nonce: str) -> Cursor:
    generation = Generation(1, "g")
    return Cursor("hub/hamborn", "birth-here", nonce, generation, START, START, (), 0, 8, sequence, run=run)


def member() -> Member:
    return Member(centre_id="hamborn", name="Hamborn", public_key="", admitted_at=NOON)


def test_two_that_answer_one_question_are_two() -> None:
    """Both had spoken before it was asked, and both answer it: two processes are alive."""
    machines, centre = Machines(), member()
    machines.asked("hamborn", "first")
    for run, sequence in (("a", 1), ("b", 1), ("a", 2)):
        machines.follow(centre, cursor(run, sequence, "first"), NOON)
    assert machines.doubts("hamborn") == 1
    assert centre.twin_at is None
    machines.asked("hamborn", "second")
    machines.follow(centre, cursor("a", 3, "second"), NOON)
    assert centre.twin_at is None
    machines.follow(centre, cursor("b", 2, "second"), NOON)
    assert centre.twin_at == NOON


def test_a_restart_is_no_twin() -> None:
    """The process of before is silent; the new one was not known when the question was asked."""
    machines, centre = Machines(), member()
    machines.asked("hamborn", "first")
    machines.follow(centre, cursor("a", 1, "first"), NOON)
    machines.asked("hamborn", "second")
    machines.follow(centre, cursor("a", 2, "second"), NOON)
    for sequence in (1, 2, 3):
        machines.follow(centre, cursor("b", sequence, "second"), NOON)
    assert centre.twin_at is None
    assert machines.doubts("hamborn") == 0


def test_letters_that_were_kept_back_prove_nothing() -> None:
    """An enemy at the broker can raise a doubt, once a minute, and nothing more."""
    machines, centre = Machines(), member()
    machines.asked("hamborn", "first")
    machines.follow(centre, cursor("a", 1, "first"), NOON)
    machines.follow(centre, cursor("b", 1, "first"), NOON)
    for sequence in range(2, 9):  # kept back while "a" was alive, let go of now
        machines.follow(centre, cursor("a", sequence, "first"), NOON + timedelta(seconds=sequence))
        machines.follow(centre, cursor("b", sequence, "first"), NOON + timedelta(seconds=sequence))
    assert machines.doubts("hamborn") == 1
    machines.asked("hamborn", "second")
    machines.follow(centre, cursor("b", 20, "second"), NOON)
    for sequence in range(1, 40):
        machines.follow(centre, cursor("a", sequence, "first"), NOON)
    assert centre.twin_at is None


def test_an_old_letter_binds_no_machine() -> None:
    """The house moved, its old machine is gone: only an answer to what was asked just now binds."""
    machines, centre = Machines(), member()
    machines.welcome(centre, cursor("a", 1, ""), NOON)
    machines.asked("hamborn", "fresh")
    machines.welcome(centre, cursor("a", 2, "of last year"), NOON)
    assert centre.instance is None
    machines.welcome(centre, cursor("b", 1, "fresh"), NOON)
    assert (centre.instance, centre.bound_at) == ("birth-here", NOON)
