"""Heute: the page with which a day at the house begins."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.today import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the start page to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Today"), "today.page", order=10)
