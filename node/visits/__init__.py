"""Counting visits at the counter: one touch a visitor, also while the page is offline."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.visits import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the counter to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Visitor counter"), "visits.counter", order=20)
