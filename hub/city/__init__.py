"""The city itself: its districts, their quarters, and their shapes on the map."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.city.views import pages
from shared.web import navigation

_ABOUT = _l("The districts and quarters of the city, and their shapes for the map.")


def register(app: Flask) -> None:
    """Add the page of the city's districts and quarters to `app`."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Districts and quarters"), "city.overview", order=69, group="city", about=_ABOUT)
