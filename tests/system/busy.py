"""Houses of a city that live in the test's own process: their links, and people who write all the time."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from node.core.db import LEDGER
from node.link import Link
from tests.system.city import Centre


@contextmanager
def linked(centres: Sequence[Centre]) -> Iterator[None]:
    """Connect `centres` until the block ends, without a process for each."""
    links = [Link(centre.config, centre.database, LEDGER) for centre in centres]
    for link in links:
        link.start()
    try:
        yield
    finally:
        for link in links:
            link.stop()


@contextmanager
def busy(centres: Sequence[Centre], *, records: int = 20, pause_s: float = 0.2) -> Iterator[None]:
    """Write, change and delete in one house after the other until the block ends; fail if the writer failed.

    Each time `records` are written, a quarter as many changed and a tenth as many deleted.
    """
    ended, failures = threading.Event(), []

    def work() -> None:
        rounds = 0
        while not ended.wait(pause_s):
            try:
                centre = centres[rounds % len(centres)]
                centre.add_spaces(records, f"Runde {rounds}")
                centre.rename_spaces(records // 4, f"Runde {rounds} umbenannt")
                centre.remove_spaces(records // 10)
            except Exception as error:  # noqa: BLE001 (told below, in the test's own thread)
                failures.append(error)
                return
            rounds += 1

    writer = threading.Thread(target=work)
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.join()  # what it still wrote afterwards would be missing where both sides are compared
    assert not failures, failures
