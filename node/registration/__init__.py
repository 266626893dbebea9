"""Registration for events: groups, a waiting line that knows them, calls, attendance."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.jobs import add as add_job
from node.core.privacy import declare
from node.core.rights import Right, roles_with
from node.registration import attendance, following, sign_up, terms
from node.registration.jobs import EVERY_MINUTES, settle_offers
from node.registration.privacy import REGISTRATIONS
from shared.web import navigation


def register(app: Flask) -> None:
    """Add registration to `app`."""
    for pages in (attendance.pages, terms.pages, sign_up.pages_of(app)):
        app.register_blueprint(pages)
    declare(app, REGISTRATIONS)
    following.watch(app.extensions["stadtherz.database"])
    add_job(app, "registration offers", IntervalTrigger(minutes=EVERY_MINUTES), settle_offers)
    navigation.add(app, _l("Registrations"), "registration.index", order=45, roles=roles_with(Right.REGISTER_PEOPLE))
    navigation.add(
        app,
        _l("Waiting lines"),
        "registration_terms.edit",
        order=45,
        roles=roles_with(Right.ARRANGE_HOUSE),
        group="house",
        about=_l("Who gets places that come free, and how long an offer of a place lasts."),
    )
