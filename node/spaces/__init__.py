"""The house's rooms, as a tree: a hall and its halves; and rooms of others that are free at stated hours."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.spaces import hours_views
from shared.web import navigation

_ABOUT = _l("Which rooms there are, how many people fit in, what is kept free around bookings")


def register(app: Flask) -> None:
    """Add the pages of spaces to `app`."""
    app.register_blueprint(hours_views.pages)  # the blueprint of `views`, with its own pages added
    navigation.add(app, _l("Spaces"), "spaces.index", order=30, group="house", about=_ABOUT)
