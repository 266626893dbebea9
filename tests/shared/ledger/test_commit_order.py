"""Revisions are committed in their order, so a reader that follows them skips nothing."""

import threading

import pytest

from shared.database import Database
from tests.shared.ledger.conftest import UP, Pair
from tests.shared.ledger.test_stamping import space

WRITERS, WRITES = 8, 250


@pytest.mark.service("postgresql")
def test_a_reader_skips_none_of_many_concurrent_commits(postgres_pair: Pair) -> None:
    """Eight writers commit 2,000 records in all while a reader follows by revision: it meets every one."""
    pair, failures = postgres_pair, []

    def write(number: int) -> None:
        try:
            for count in range(WRITES):
                with pair.node.transaction() as session:
                    session.add(space(name=f"{number}/{count}"))
        except Exception as error:  # noqa: BLE001 (a thread's failure is the test's)
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    seen = follow(pair, pair.node, writers)
    assert failures == []
    assert len(seen) == len(set(seen)) == WRITERS * WRITES
    assert seen == list(range(1, WRITERS * WRITES + 1))


def follow(pair: Pair, database: Database, writers: list[threading.Thread]) -> list[int]:
    """Read page after page until the writers are done and nothing is left."""
    seen: list[int] = []
    while True:
        done = not any(writer.is_alive() for writer in writers)
        with database.transaction() as session:
            page = pair.at_node.source(session, UP).read_after(seen[-1] if seen else 0, 50, 10**6)
        seen += [change.revision for change in page.changes]
        if done and not page.changes:
            return seen
