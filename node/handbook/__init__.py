"""The handbooks: for the counter on two sheets, and for the lead. They are in the house, so they work offline."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.handbook import views
from shared.web import navigation

_ABOUT = _l("How everything works, to read and print")


def register(app: Flask) -> None:
    """Add the handbooks to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(
        app,
        _l("Handbook"),
        "handbook.index",
        order=95,
        group="house",
        about=_l("How everything works, to read and print"),
    )
