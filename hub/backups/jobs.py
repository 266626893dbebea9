"""Once a day: pieces of backups that nobody goes on with, and every minute the list of those who left."""

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app

from hub.backups import departures, shelf
from hub.core import jobs
from hub.core.db import reading

DEPARTURES_EVERY_S = 60


def register(app: Flask) -> None:
    """Let `app` look after its shelf and its list."""
    jobs.add(app, "backup pieces", CronTrigger(hour=3, minute=25), sweep)
    jobs.add(app, "departures", IntervalTrigger(seconds=DEPARTURES_EVERY_S), keep_departures)


def sweep() -> None:
    shelf.sweep(current_app.extensions["stadtherz.config"].data_folder)


def keep_departures() -> None:
    """Write down outside the database who is no longer believed."""
    with reading() as session:
        found = departures.in_database(session)
    departures.keep(current_app.extensions["stadtherz.config"].data_folder / departures.FILE, found)
