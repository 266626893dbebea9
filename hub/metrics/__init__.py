"""Figures for those who watch the machines: `/metrics` for Prometheus, and the hub's parts of `/healthz`."""

from flask import Flask

from hub.ingest import EXTENSION
from hub.metrics import requests, views
from hub.metrics.broker import connection
from shared.web import health


def register(app: Flask) -> None:
    """Count requests, and answer whoever watches."""
    requests.count(app)
    app.register_blueprint(views.pages)
    health.watch_thread(app, "ingest", EXTENSION)
    health.add(app, "broker", lambda: connection(app), vital=False)
