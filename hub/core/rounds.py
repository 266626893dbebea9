"""Rounds of a job over houses in which one house's failure does not hold up the others.

A record that nobody foresaw may make the reckoning of its house fail. Then that house is set aside for this
run and the others go on; its notes stay on their list, so that the next run tries again. At the end the run
fails all the same: the desk and the alarm "a job keeps failing" hear of it, with the name of the house.
"""

import logging
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager

from hub.core import jobs
from shared.storage import is_unavailable

_LOG = logging.getLogger(__name__)


class HouseFailed(Exception):
    """What is derived of one house could not be reckoned; its cause says why."""

    def __init__(self, centre_id: str) -> None:
        super().__init__(centre_id)
        self.centre_id = centre_id


@contextmanager
def of_house(centre_id: str) -> Iterator[None]:
    """Turn whatever fails inside into HouseFailed; a database that is not available is no house's fault."""
    try:
        yield
    except HouseFailed:
        raise
    except Exception as error:
        if is_unavailable(error):
            raise
        raise HouseFailed(centre_id) from error


def in_rounds(work: Callable[[Set[str]], object], rounds_max: int) -> None:
    """Call `work` with the houses to leave out until it has nothing to do; raise the first HouseFailed at the end.

    `work` does one round in transactions of its own, and returns something false when nothing was left. When the
    program ends, what is left waits for its next start.
    """
    aside: dict[str, HouseFailed] = {}
    for _ in range(rounds_max):
        if jobs.are_ending():
            break
        try:
            if not work(frozenset(aside)):
                break
        except HouseFailed as failure:
            _LOG.warning("%s is set aside for this run: %r", failure.centre_id, failure.__cause__)
            aside[failure.centre_id] = failure
    if aside:
        raise next(iter(aside.values()))
