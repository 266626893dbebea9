"""What the city tells its houses and their residents."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.announcements.views import pages
from shared.web import navigation

_ABOUT = _l("What all houses, or everybody, should know.")


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    navigation.add(app, _l("Announcements"), "announcements.overview", order=60, group="city", about=_ABOUT)
