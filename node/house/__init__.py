"""The house: everything that is arranged once and not needed every day, on one page."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.house import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the page that leads to all arrangements of the house."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("The house"), "house.index", order=80, leads_to="house")
