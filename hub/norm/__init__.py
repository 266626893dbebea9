"""The opening norm of the city: kept here, held against every house."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.core import due, jobs
from hub.core.db import reading, transaction
from hub.core.rights import Right, roles_with
from hub.norm import houses, weeks
from hub.norm.views import pages
from shared.time import now
from shared.web import navigation, zone

RECKON_EVERY_S = 15  # how old a verdict may be; the hours of a house change a few times a year
_ABOUT = _l("How many days and hours a house should be open, and for whom.")


def register(app: Flask) -> None:
    """Add the pages of the opening norm to `app`, and the job that reckons the weeks of the houses."""
    app.register_blueprint(pages)
    app.register_blueprint(houses.pages)
    navigation.add(app, _l("Opening norm"), "norm.show", order=67, group="city", about=_ABOUT)
    readers = roles_with(Right.READ_REPORTS)
    navigation.add(app, _l("Norm of the houses"), "norm_houses.overview", order=50, roles=readers, group="coverage")
    jobs.add(app, "norm-weeks", IntervalTrigger(seconds=RECKON_EVERY_S), catch_up)


def catch_up() -> None:
    """Reckon the weeks of the houses that are due."""
    at, here = now(), zone()

    def reckon(session: Session, centre_id: str) -> None:
        weeks.reckon(session, centre_id, at, here)

    with reading() as session:
        begun = weeks.of_another_week(session, at.astimezone(here).date())
    if begun:  # an idle look takes no lock
        with transaction() as session:
            due.put(session, due.NORM, begun)
    due.catch_up(due.NORM, reckon)
