"""The public site of the house: who we are, when we are open, what is on, which rooms. No sign-in."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.public import feeds, programme_views, views
from shared.web import navigation

PAGES = (views, programme_views, feeds)  # each adds its pages to the one blueprint


def register(app: Flask) -> None:
    """Add the public pages to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Public page"), "public.house", order=90, for_staff=False)
