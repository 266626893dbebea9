"""Looking for a room in all houses of the city: free then, a little later, or the first time possible."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.finder.views import pages
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the room finder to `app`."""
    app.register_blueprint(pages)
    navigation.add(app, _l("Rooms"), "finder.look", order=15, for_staff=False)
