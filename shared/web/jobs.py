"""Work that a site does by itself: nightly clearing, daily checks.

Rule: the scheduler runs in exactly one process and thinks in UTC: 02:30 in Berlin
comes twice in October. A job opens its own transaction.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app, g

from shared.time import now

LATE_S_MAX = 3600  # a mini PC that was off at three in the morning does the job at eight instead
_EXTENSION = "stadtherz.jobs"
_RUNS = "stadtherz.jobs.runs"
_STARTED = "stadtherz.jobs.started"
_ENDING = "stadtherz.jobs.ending"
_LOG = logging.getLogger(__name__)


@dataclass
class Run:
    """How a job went since the program was started: its last end, its last success, failures in a row.

    `error` is the class of the last failure's exception; its text may hold what nobody may read.
    """

    finished_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    error: str = ""
    took_s: float = 0.0


def equip(app: Flask) -> None:
    """Give `app` a scheduler that stands still until `start`."""
    app.extensions[_EXTENSION] = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": LATE_S_MAX}
    )
    app.extensions[_RUNS] = {}


def add(app: Flask, name: str, trigger: Any, function: Callable[[], object]) -> None:
    """Run `function` inside the app's context whenever `trigger` says; `name` is unique."""

    run = app.extensions[_RUNS].setdefault(name, Run())

    def job() -> None:
        started = time.monotonic()
        try:
            with app.app_context():
                g.job = name
                function()
        except Exception as error:
            run.failures, run.error = run.failures + 1, type(error).__name__
            raise
        else:
            run.failures, run.error, run.succeeded_at = 0, "", now()
        finally:
            run.finished_at, run.took_s = now(), time.monotonic() - started

    app.extensions[_EXTENSION].add_job(job, trigger, id=name, name=name)


def runs(app: Flask) -> dict[str, Run]:
    """Return how each job of `app` went since the start, by name."""
    found: dict[str, Run] = app.extensions[_RUNS]
    return dict(found)


def names(app: Flask) -> list[str]:
    """Return the names of the app's jobs."""
    return sorted(job.id for job in app.extensions[_EXTENSION].get_jobs())


def run_now(app: Flask, name: str) -> None:
    """Do a job at once, in this thread; for commands and tests."""
    app.extensions[_EXTENSION].get_job(name).func()


def is_running(app: Flask) -> bool | None:
    """Tell whether the jobs run; None in a process that never began to run them."""
    return bool(app.extensions[_EXTENSION].running) if app.extensions.get(_STARTED) else None


def start(app: Flask) -> None:
    """Begin to run the jobs of `app`; for the one process that serves it."""
    app.extensions[_EXTENSION].start()
    app.extensions[_STARTED] = True
    _LOG.info("jobs: %s", ", ".join(names(app)) or "none")


def are_ending() -> bool:
    """Tell whether the program ends: a job that works in many small steps leaves the rest for its next run."""
    return _ENDING in current_app.extensions


def stop(app: Flask) -> None:
    """Wait for the job that runs now and begin no other."""
    app.extensions[_ENDING] = True
    scheduler = app.extensions[_EXTENSION]
    if scheduler.running:
        scheduler.shutdown(wait=True)
