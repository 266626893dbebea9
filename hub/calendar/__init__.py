"""The public start page of the city: what is on in all houses, to read, to search and to subscribe to."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.calendar import clocks, houses, nearby, remembered, search
from hub.calendar.subscriptions import machine
from hub.calendar.views import pages
from hub.core import jobs
from hub.core.db import reading, transaction
from shared.web import navigation

INDEX_EVERY_S = 2  # how long a new word may stay unfound; events themselves are seen at once
BATCHES_MAX = 20  # a rush is worked off in turns, so that other jobs get theirs

__all__ = ["clocks", "houses", "nearby", "register"]


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    app.register_blueprint(machine)
    remembered.equip(app)
    navigation.add(app, _l("Events"), "calendar.agenda", order=10, for_staff=False)
    jobs.add(app, "search-index", IntervalTrigger(seconds=INDEX_EVERY_S), catch_up)


def catch_up() -> None:
    """Work off what is due in the search index, in short transactions: ingest waits for none of them."""
    for _ in range(BATCHES_MAX):
        with reading() as session:
            if jobs.are_ending() or not search.waiting(session, up_to=1):
                return  # an idle look takes no lock
        with transaction() as session:
            search.catch_up(session)
