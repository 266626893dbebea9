"""Counting visits at the counter: one touch a visitor, also while the page is offline."""

from typing import Any

from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core import jobs
from node.core.db import transaction
from node.core.privacy import declare
from node.core.rights import Right, roles_with
from node.visits import arrange_views, day_views, days, month_views, views
from node.visits.pages import board, months, pages
from node.visits.privacy import CORRECTIONS, LOCKS, STATEMENTS
from shared.time import now
from shared.web import navigation, zone

__all__ = ["arrange_views", "day_views", "month_views", "register", "views"]
_ABOUT = _l("Which buttons and target groups, in which order, under which names")
_ABOUT_MONTHS = _l("Which days were counted; a month that has been reported can be locked")


def register(app: Flask) -> None:
    """Add the counter to `app`."""
    for part in (pages, months, board):
        app.register_blueprint(part)
    declare(app, CORRECTIONS, STATEMENTS, LOCKS)
    counting = roles_with(Right.COUNT)
    arrange: dict[str, Any] = {"group": "house", "about": _ABOUT, "roles": roles_with(Right.ARRANGE_HOUSE)}
    navigation.add(app, _l("Visitor counter"), "visits.counter", order=20, roles=counting)
    navigation.add(app, _l("Months of counting"), "visit_months.month", order=60, group="house", about=_ABOUT_MONTHS)
    navigation.add(app, _l("Counter buttons"), "counter_board.arrange", order=61, **arrange)
    jobs.add(app, "visit_days", CronTrigger(minute=10), settle_days)  # hourly: a node may be off at night


def settle_days() -> None:
    """Write what the days behind us were, as far as nobody has said it."""
    with transaction() as session:
        days.settle(session, now(), zone())
