"""The profile of this house: name, place, contact, languages, accessibility."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.centre import views
from shared.web import navigation

_ABOUT = _l("Name, address and contact of the house, as the city and the public see it")


def register(app: Flask) -> None:
    """Add the profile's pages to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Profile"), "centre.show", order=10, group="house", about=_ABOUT)
