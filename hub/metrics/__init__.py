"""Figures for those who watch the machines: `/metrics` for Prometheus, and the hub's parts of `/healthz`."""

from collections.abc import Iterable

from flask import Flask
from prometheus_client import Metric

from hub.core import jobs
from hub.core.db import LEDGER, reading
from hub.ingest import EXTENSION
from hub.metrics.broker import connection
from hub.metrics.figures import figures
from hub.network.versions import of_hub
from shared.time import now
from shared.web import health, metrics


def register(app: Flask) -> None:
    """Count requests, and answer whoever watches."""

    def of_network() -> Iterable[Metric]:
        limit = app.extensions["stadtherz.config"].metrics_centres
        with reading() as session:
            return list(figures(session, now(), jobs.runs(app), of_hub(LEDGER), limit))

    metrics.equip(app, of_network)
    health.watch_thread(app, "ingest", EXTENSION)
    health.add(app, "broker", lambda: connection(app), vital=False)
