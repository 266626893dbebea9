"""What the city tells its houses; read here, written at the hub."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.announcements import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the list of the city's announcements to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("From the city"), "announcements.index", order=85)
