"""The public page of the house: who we are, when we are open, what is on. No sign-in."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.public import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the public pages to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Public page"), "public.house", order=90, for_staff=False)
