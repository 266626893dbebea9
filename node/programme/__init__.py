"""Offers and events of the house: drafts, published, changed, cancelled, repeated."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.programme import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the programme's pages to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Programme"), "programme.index", order=40)
