"""The themes of the city's programme, kept here and used in every house."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.themes.views import pages
from shared.web import navigation

_ABOUT = _l("What offers are about; houses choose from this list.")


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    navigation.add(app, _l("Themes"), "themes.overview", order=65, group="city", about=_ABOUT)
