"""Versions that centres may have lost: found by ingest, offered here, answered there."""

from flask import Flask

from hub.recovery import jobs, views


def register(app: Flask) -> None:
    """Add the page of recoveries and its work of every minute to `app`."""
    app.register_blueprint(views.pages)
    jobs.register(app)
