"""Whoever wants to write gets his turn soon, also beside somebody who writes all the time."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.database import Database

HELD_S, TURNS = 0.03, 20


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'here.sqlite'}")
    with made.transaction() as session:
        session.execute(text("CREATE TABLE notes (number INTEGER)"))
    yield made
    made.dispose()


class Job(threading.Thread):
    """Writes one short transaction after the other, with a glance between them, like a job that works off a list."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self._database, self.ended = database, threading.Event()
        self.begun = threading.Event()
        self.turns = 0

    def run(self) -> None:
        while not self.ended.wait(0.003):
            with self._database.transaction() as session:
                session.execute(text("INSERT INTO notes VALUES (1)"))
                self.begun.set()
                self.turns += 1
                self.ended.wait(HELD_S)


def test_a_writer_is_not_starved_by_a_job_that_writes_all_the_time(database: Database) -> None:
    """It finds one of the gaps, which are shorter than SQLite's own pauses between two looks."""
    job = Job(database)
    job.start()
    assert job.begun.wait(10)
    passed_over = 0
    for _ in range(TURNS):
        before = job.turns
        with database.transaction() as session:
            session.execute(text("INSERT INTO notes VALUES (2)"))
            passed_over += job.turns - before
        job.ended.wait(HELD_S / 3)
    job.ended.set()
    job.join()
    assert passed_over <= 2 * TURNS


def test_waiting_has_an_end_and_says_why(database: Database) -> None:
    """Who holds the lock for long is reported as a locked database; afterwards writing works again."""
    impatient = Database(database.url.render_as_string(), busy_timeout_ms=50)
    with database.transaction() as session:
        session.execute(text("INSERT INTO notes VALUES (3)"))
        with pytest.raises(OperationalError, match="locked"):
            write(impatient)
    write(impatient)
    impatient.dispose()


def write(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO notes VALUES (4)"))
