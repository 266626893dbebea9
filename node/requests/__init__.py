"""How somebody without an account asks for a space, one question at a time."""

from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from node.bookings.panels import add as add_panel
from node.core.jobs import add as add_job
from node.core.privacy import declare
from node.requests.jobs import forget_old_drafts
from node.requests.link_pages import panel
from node.requests.privacy import DRAFTS, REQUESTS
from node.requests.views import pages_of


def register(app: Flask) -> None:
    """Add the room request to `app`; the public page of the rooms leads to it."""
    app.register_blueprint(pages_of(app))
    declare(app, DRAFTS, REQUESTS)
    add_panel(app, panel)
    add_job(app, "room requests", CronTrigger(minute=20), forget_old_drafts)
