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
TABS = "coverage"  # the group of the navigation; map and norm of the houses add themselves to it
PAGES = (
    (_l("Houses"), "coverage.overview"),
    (_l("Offers"), "coverage.offers"),
    (_l("Gaps in words"), "coverage.gap_list"),
)


def register(app: Flask) -> None:
    """Add the pages of coverage to `app`, and the job that reckons the sums of the houses."""
    app.register_blueprint(pages)
    roles = roles_with(Right.READ_REPORTS)
    app.jinja_env.globals["coverage_tabs"] = coverage_tabs
    navigation.add(app, _l("Coverage"), "coverage.overview", order=45, roles=roles, leads_to=TABS)
    for order, (label, endpoint) in enumerate(PAGES, start=46):
        navigation.add(app, label, endpoint, order=order, roles=roles, group=TABS)
    jobs.add(app, "offer-sums", IntervalTrigger(seconds=RECKON_EVERY_S), catch_up)


def coverage_tabs() -> list[navigation.Entry]:
    """Return the pages of coverage that whoever asks may see, for the tabs at their top."""
    return navigation.of_group(TABS)


def catch_up() -> None:
    """Reckon the sums of the houses that are due."""
    at, here = now(), zone()

    def reckon(session: Session, centre_id: str) -> None:
        sums.reckon(session, centre_id, at, here)

    with reading() as session:
        stale = sums.stale(session, at.astimezone(here).date())
    if stale:  # an idle look takes no lock
        with transaction() as session:
            due.put(session, due.OFFERS, stale)
    due.catch_up(due.OFFERS, reckon)
