"""Offers and events of the house: drafts, published, changed, cancelled, repeated."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.programme import event_views, series_missing_views, series_views, views, week_views
from shared.web import navigation

VIEWS = (views, event_views, week_views, series_views, series_missing_views)  # each adds its pages to the one blueprint


def register(app: Flask) -> None:
    """Add the programme's pages to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Programme"), "programme.index", order=40)
