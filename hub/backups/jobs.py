"""Once a day: pieces of backups that nobody goes on with, copies from before an upgrade whose time is over.

And every minute the list of those who left.
"""

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app

from hub.backups import departures, shelf
from hub.core import jobs
from hub.core.db import database, reading
from shared.time import now
from shared.upgrade_copies import KEPT, forget_copies

DEPARTURES_EVERY_S = 60


def register(app: Flask) -> None:
    """Let `app` look after its shelf and its list."""
    jobs.add(app, "backup pieces", CronTrigger(hour=3, minute=25), sweep)
    jobs.add(app, "departures", IntervalTrigger(seconds=DEPARTURES_EVERY_S), keep_departures)


def sweep() -> None:
    shelf.sweep(current_app.extensions["stadtherz.config"].data_folder)
    forget_copies(database(), older_than=now() - KEPT)


def keep_departures() -> None:
    """Write down outside the database who is no longer believed."""
    with reading() as session:
        found = departures.in_database(session)
    departures.keep(current_app.extensions["stadtherz.config"].data_folder / departures.FILE, found)
