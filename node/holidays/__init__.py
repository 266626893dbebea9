"""Holidays as a house needs them: public ones, the city's school holidays, days of the house."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.holidays.views import pages
from shared.web import navigation

_ABOUT = _l("Public holidays, school holidays, and days of the house that series can leave out")


def register(app: Flask) -> None:
    """Add the page of the holidays to `app`."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Holidays"), "holidays.index", order=22, group="house", about=_ABOUT)
