"""How much of the time in which spaces are open they are used, and where there is still room."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from hub.core import jobs
from hub.core.db import reading, transaction
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
    for _ in range(HOUSES_MAX):
        with transaction() as session:
            if summing.take_up(session) is None:
                break
    for _ in range(BATCHES_MAX):
        with transaction() as session:
            if not summing.work_off(session):
                return
