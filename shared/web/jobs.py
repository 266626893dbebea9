"""Work that a site does by itself: nightly clearing, daily checks.

Rule: the scheduler runs in exactly one process and thinks in UTC: 02:30 in Berlin
comes twice in October. A job opens its own transaction.
"""

import logging
from collections.abc import Callable
from datetime import UTC
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, g

LATE_S_MAX = 3600  # a mini PC that was off at three in the morning does the job at eight instead
_EXTENSION = "stadtherz.jobs"
_LOG = logging.getLogger(__name__)


def equip(app: Flask) -> None:
    """Give `app` a scheduler that stands still until `start`."""
    app.extensions[_EXTENSION] = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": LATE_S_MAX}
    )


def add(app: Flask, name: str, trigger: Any, function: Callable[[], None]) -> None:
    """Run `function` inside the app's context whenever `trigger` says; `name` is unique."""

    def job() -> None:
        with app.app_context():
            g.job = name
            function()

    app.extensions[_EXTENSION].add_job(job, trigger, id=name, name=name)


def names(app: Flask) -> list[str]:
    """Return the names of the app's jobs."""
    return sorted(job.id for job in app.extensions[_EXTENSION].get_jobs())


def run_now(app: Flask, name: str) -> None:
    """Do a job at once, in this thread; for commands and tests."""
    app.extensions[_EXTENSION].get_job(name).func()


def start(app: Flask) -> None:
    """Begin to run the jobs of `app`; for the one process that serves it."""
    app.extensions[_EXTENSION].start()
    _LOG.info("jobs: %s", ", ".join(names(app)) or "none")


def stop(app: Flask) -> None:
    """Wait for the job that runs now and begin no other."""
    scheduler = app.extensions[_EXTENSION]
    if scheduler.running:
        scheduler.shutdown(wait=True)
