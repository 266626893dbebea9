"""Bringing an existing calendar along: an .ics file, a dry run first."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.imports import views
from shared.web import navigation

_ABOUT = _l("Bring in a calendar or a list that the house has had so far")


def register(app: Flask) -> None:
    """Add the import of calendars to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Import"), "imports.index", order=80, roles=views.MAY_IMPORT, group="house", about=_ABOUT)
