"""The city's opening norm, and whether this house lives up to it."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.norm import views
from shared.web import navigation

_ABOUT = _l("What the city expects of the opening hours, and how each week stands to it")


def register(app: Flask) -> None:
    """Add the page of the norm to `app`; the opening hours show its hint."""
    app.register_blueprint(views.pages)
    app.jinja_env.globals["norm_hint"] = views.hint
    navigation.add(app, _l("Opening norm"), "norm.show", order=21, group="house", about=_ABOUT)
