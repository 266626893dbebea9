"""Sensors at the doors: they count what passes, over MQTT or HTTP, each message exactly once."""

from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core import jobs
from node.core.db import transaction
from node.core.rights import Right, roles_with
from node.sensors import service, views
from shared.web import navigation

_ABOUT = _l("Sensors that count at a door, and whether they or the touches count")
ATTEMPTS = "120 per minute"  # a sensor sends once a minute at most; the rest of a backlog goes in batches
UNKNOWN_ATTEMPTS = "20 per minute"


def register(app: Flask) -> None:
    """Add the sensors to `app`; `listener.Listener` hears them at the broker."""
    limiter = app.extensions["stadtherz.limiter"]
    limiter.limit(ATTEMPTS)(views.inlet)
    limiter.limit(UNKNOWN_ATTEMPTS, deduct_when=lambda answer: answer.status_code == 401)(views.inlet)
    app.extensions["csrf"].exempt(views.inlet)
    app.register_blueprint(views.inlet)
    app.register_blueprint(views.pages)
    arranging = roles_with(Right.ARRANGE_HOUSE)
    navigation.add(app, _l("Door sensors"), "sensors.index", order=62, group="house", about=_ABOUT, roles=arranging)
    jobs.add(app, "held_back_sensor_counts", CronTrigger(minute=20), count_held_back)


def count_held_back() -> None:
    """Count what came for a locked month once it is open again."""
    with transaction() as session:
        service.catch_up(session)
