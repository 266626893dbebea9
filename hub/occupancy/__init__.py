"""How much of the time in which spaces are open they are used, and where there is still room."""

from collections.abc import Callable, Set
from functools import partial

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from hub.core import jobs
from hub.core.db import reading, transaction
from hub.core.rounds import in_rounds
from hub.occupancy import summing
from hub.occupancy.views import pages
from shared.time import now
from shared.web import zone

LOOK_EVERY_S = 5  # how long a change may stay out of the sums of a quiet hub
HOUSES_MAX, BATCHES_MAX = 50, 50  # a rush is worked off in turns, so that other jobs get theirs

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the pages of occupancy and the job that keeps its sums."""
    app.register_blueprint(pages)
    jobs.add(app, "occupancy", IntervalTrigger(seconds=LOOK_EVERY_S), catch_up)


def catch_up() -> None:
    """Add up what is due, in short transactions: ingest waits for none of them for long."""
    at, city_zone = now(), zone()
    with reading() as session:
        if summing.is_idle(session, at, city_zone):
            return
    with transaction() as session:
        summing.look_ahead(session, at, city_zone)
    try:
        in_rounds(partial(_one_round, summing.take_up), HOUSES_MAX)
    finally:  # what was taken up of the houses that did not fail
        in_rounds(partial(_one_round, summing.work_off), BATCHES_MAX)


def _one_round(step: Callable[..., object], aside: Set[str]) -> object:
    with transaction() as session:
        return step(session, without=aside)
