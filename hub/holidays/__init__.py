"""School holidays and special days of the city: kept here, used in every house."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.holidays.views import pages
from shared.web import navigation

_ABOUT = _l("School holidays of the city; the houses' series can leave them out.")


def register(app: Flask) -> None:
    """Add the desk of the holidays to `app`."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Holidays"), "holidays.overview", order=66, group="city", about=_ABOUT)
