"""When the house is open: the ordinary week, seasons, exceptions, public holidays."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.opening_hours import changes
from shared.web import navigation

_ABOUT = _l("The ordinary week, seasons, closures")


def register(app: Flask) -> None:
    """Add the pages of opening hours to `app`."""
    app.register_blueprint(changes.pages)  # those of `views` and its own
    navigation.add(app, _l("Opening hours"), "opening_hours.index", order=20, group="house", about=_ABOUT)
