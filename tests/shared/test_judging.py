"""Judging again what was set aside: at the start of both sides, and when an ingest takes up centres."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from shared.database import Database
from shared.replication.judging import judge_all_again
from shared.replication.ledger import Reprojection


class Judging:
    """A ledger that judges what it is asked for, and fails for one feed."""

    def __init__(self, failing: str, error: Exception) -> None:
        self.failing, self.error = failing, error
        self.judged: list[str] = []

    def reproject(self, _session: Any, feed: str) -> Reprojection:
        if feed == self.failing:
            raise self.error
        self.judged.append(feed)
        return Reprojection(3, 2)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'side.sqlite'}")
    yield made
    made.dispose()


def test_a_bug_costs_one_feed_its_verdicts_and_nobody_the_start(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are judged, the log has the trace and the sum."""
    caplog.set_level(logging.INFO)
    ledger: Any = Judging("node/b", ValueError("a bug"))
    with database.transaction() as session:
        judge_all_again(session, ledger, ["node/a", "node/b", "node/c"])
    assert ledger.judged == ["node/a", "node/c"]
    assert [record.getMessage() for record in caplog.records] == [
        "what node/b reported stays set aside",
        "records set aside: 6 tried again, 4 understood now",
    ]


def test_a_database_that_is_away_is_no_bug(database: Database) -> None:
    """Whoever begins the link waits and tries again."""
    ledger: Any = Judging("node/a", OperationalError("", {}, Exception("database is locked")))
    with pytest.raises(OperationalError), database.transaction() as session:
        judge_all_again(session, ledger, ["node/a", "node/b"])
    assert ledger.judged == []
