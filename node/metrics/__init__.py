"""Figures for whoever looks after the machine: `/metrics` for Prometheus. None of them is about a person."""

from collections.abc import Iterable

from flask import Flask
from prometheus_client import Metric

from node.backup import service as backups
from node.core import jobs
from node.core.db import LEDGER, reading
from node.link import MIGRATIONS, status
from node.metrics.figures import figures
from shared.replication.program import this_program
from shared.time import now
from shared.web import metrics


def register(app: Flask) -> None:
    """Count requests, and answer whoever watches."""
    config = app.extensions["stadtherz.config"]
    program = this_program(LEDGER, MIGRATIONS)

    def of_house() -> Iterable[Metric]:
        at = now()
        with reading() as session:
            link = status(session, at, LEDGER, config.centre_id)
            backed_up_at = backups.last_good(session, at)
        return list(figures(link, backed_up_at, config.data_folder, jobs.runs(app), program))

    metrics.equip(app, of_house)
