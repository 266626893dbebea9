"""The pages of the audit log. It writes itself: see `node.core.audit`.

Decided: the lead reads everything. Office and reception read what happened to the house's
bookings, programme, spaces and so on (the entries hold no personal data), because "who moved
this?" is asked at the counter. Who looked at whom, exports, erasures and changes of accounts
are the lead's alone: the log shall not let colleagues watch each other. Volunteers and tenants
read none of it.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.audit import views
from node.audit.privacy import LOG
from node.core.privacy import declare
from node.core.rights import Right, roles_with
from shared.web import navigation

_ABOUT = _l("Who changed what and when; looks at personal data")


def register(app: Flask) -> None:
    """Add the pages of the log to `app`."""
    app.register_blueprint(views.pages)
    declare(app, LOG)
    roles = roles_with(Right.READ_LOG)
    navigation.add(app, _l("Log"), "audit.index", order=93, roles=roles, group="house", about=_ABOUT)
