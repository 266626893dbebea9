"""The nightly backup, and every minute what was erased goes on the lists outside the database."""

from datetime import datetime, timedelta
from typing import cast

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.backup import running, spreading, waiting
from node.backup.models import BackupRun
from node.config import NodeConfig
from node.core import erasures, jobs
from node.core.db import database, reading
from shared.time import now
from shared.web import zone

NIGHT = range(1, 6)  # hours of the house's clock: nobody is at the counter
AGAIN_AT_NIGHT_AFTER, AGAIN_AFTER = timedelta(hours=18), timedelta(hours=26)  # a mini PC may be off at night
LIST_EVERY_S = 60


def register(app: Flask) -> None:
    """Let `app` make its backups."""
    jobs.add(app, "backup", CronTrigger(minute=10), back_up_if_due)
    jobs.add(app, "erasures", IntervalTrigger(seconds=LIST_EVERY_S), look_after_erasures)
    erasures.spread_by(app, spread_nearby)


def back_up_if_due() -> None:
    """Make a backup at night; by day only if the machine was off at night."""
    with reading() as session:
        due = is_due(session, now(), now().astimezone(zone()).hour)
    if due:
        running.running(current_app).make()


def is_due(session: Session, at: datetime, hour: int) -> bool:
    """Tell whether a backup should be made at this hour of the house's clock."""
    # One that a clock noted which ran ahead does not count: it must not stop backups.
    last = session.scalar(select(func.max(BackupRun.made_at)).where(BackupRun.made_at <= at))
    wait = AGAIN_AT_NIGHT_AFTER if hour in NIGHT else AGAIN_AFTER
    return last is None or at - last >= wait


def spread_nearby() -> None:
    """Bring the list to the files within reach at once; the hub gets it within the minute."""
    spreading.spread_to_files(config(), database())


def look_after_erasures() -> None:
    """Spread the list; after a recovery fetch the hub's."""
    waiting.go_on(current_app, config())
    spreading.spread_list(config(), database(), now())


def config() -> NodeConfig:
    return cast("NodeConfig", current_app.extensions["stadtherz.config"])
