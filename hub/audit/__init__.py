"""The pages of the log of what staff changed at the hub. It writes itself: see `hub.core.audit`.

Decided: who runs the network reads it, nobody else: the log shall not let colleagues watch each other.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.audit.views import pages
from hub.core.rights import Right, roles_with
from shared.web import navigation

_ABOUT = _l("Who changed what for the city, and when")


def register(app: Flask) -> None:
    """Add the pages of the log to `app`."""
    app.register_blueprint(pages)
    roles = roles_with(Right.RUN_NETWORK)
    navigation.add(app, _l("Log"), "audit.index", order=93, roles=roles, group="city", about=_ABOUT)
