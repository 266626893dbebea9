"""Where the city has houses and offers, and where nobody has anything yet."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.core import due, jobs
from hub.core.db import reading, transaction
from hub.core.rights import Right, roles_with
from hub.coverage import sums
from hub.coverage.views import pages
from shared.time import now
from shared.web import navigation, zone

RECKON_EVERY_S = 15  # how old the map of gaps may be; planning looks at weeks


def register(app: Flask) -> None:
    """Add the pages of coverage to `app`, and the job that reckons the sums of the houses."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Coverage"), "coverage.overview", order=45, roles=roles_with(Right.READ_REPORTS))
    jobs.add(app, "offer-sums", IntervalTrigger(seconds=RECKON_EVERY_S), catch_up)


def catch_up() -> None:
    """Reckon the sums of the houses that are due."""
    at, here = now(), zone()

    def reckon(session: Session, centre_id: str) -> None:
        sums.reckon(session, centre_id, at, here)

    with reading() as session:
        begun = sums.of_another_week(session, at.astimezone(here).date())
    if begun:  # an idle look takes no lock
        with transaction() as session:
            due.put(session, due.OFFERS, begun)
    due.catch_up(due.OFFERS, reckon)
