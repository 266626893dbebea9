"""Bringing along what the house has had so far: a calendar (.ics) or a list (.csv), a dry run first."""

from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core import jobs
from node.core.db import transaction
from node.core.rights import Right, roles_with
from node.imports import list_views, service, views
from shared.time import now
from shared.web import navigation

VIEWS = (views, list_views)  # each adds its pages to the one blueprint
_ABOUT = _l("Bring in a calendar or a list that the house has had so far")


def register(app: Flask) -> None:
    """Add the imports to `app`."""
    app.register_blueprint(views.pages)
    jobs.add(app, "forget pending imports", CronTrigger(minute=50), _forget_old)  # hourly: a node may be off at night
    navigation.add(
        app, _l("Import"), "imports.index", order=80, roles=roles_with(Right.ARRANGE_HOUSE), group="house", about=_ABOUT
    )


def _forget_old() -> None:
    with transaction() as session:
        service.forget_old(session, now=now())
