"""Bringing an existing calendar along: an .ics file, a dry run first."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.imports import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the import of calendars to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Import"), "imports.index", order=75, roles=views.MAY_IMPORT)
