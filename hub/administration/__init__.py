"""Everything that the city's staff arrange once and do not need every day, on one page."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.administration import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the page that leads to all arrangements of the city."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Administration"), "administration.index", order=80, leads_to="city")
