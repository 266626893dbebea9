"""The opening norm of the city: kept here, held against every house."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.norm.views import pages
from shared.web import navigation

_ABOUT = _l("How many days and hours a house should be open, and for whom.")


def register(app: Flask) -> None:
    """Add the page of the opening norm to `app`."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Opening norm"), "norm.show", order=67, group="city", about=_ABOUT)
