"""The desk of the network: every centre's link, what waits, what was set aside, who belongs to it."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.network import membership, views
from shared.web import navigation

__all__ = ["membership", "register"]


def register(app: Flask) -> None:
    """Add the desk to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Network"), "network.overview", order=50)
