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
def busy(centres: Sequence[Centre]) -> Iterator[None]:
    """Write, change and delete in every house until the block ends."""
    ended, failures = threading.Event(), []

    def work() -> None:
        rounds = 0
        while not ended.wait(0.2):
            try:
                centre = centres[rounds % len(centres)]
                centre.add_spaces(20, f"Runde {rounds}")
                centre.rename_spaces(5, f"Runde {rounds} umbenannt")
                centre.remove_spaces(2)
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
        writer.join(30)
    assert not failures, failures
