"""Registration for events: groups, a waiting line that knows them, calls, attendance."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from node.core.jobs import add as add_job
from node.registration import following
from node.registration.jobs import EVERY_MINUTES, settle_offers


def register(app: Flask) -> None:
    """Add registration to `app`."""
    following.watch(app.extensions["stadtherz.database"])
    add_job(app, "registration offers", IntervalTrigger(minutes=EVERY_MINUTES), settle_offers)
