"""Privacy: how long the house keeps what, and what it keeps about one person.

`retention` has the days and the daily run, `persons` finds, exports and erases one person over
all features, `traces` tells how the file forgets. What is personal each feature declares
itself: `node.core.privacy`.
"""

from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core import jobs
from node.core.rights import Right, roles_with
from node.privacy import views
from node.privacy.daily import expire_if_due
from shared.web import navigation

_ABOUT = _l("How long personal data is kept; what the house keeps about one person, export and erasure")


def register(app: Flask) -> None:
    """Add the pages of privacy and the daily run to `app`."""
    app.register_blueprint(views.pages)
    jobs.add(app, "privacy expire", CronTrigger(minute=40), expire_if_due)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("Privacy"), "privacy.index", order=92, roles=roles, group="house", about=_ABOUT)
