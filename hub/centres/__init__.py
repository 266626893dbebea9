"""The houses of the city."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.centres.views import pages
from shared.web import navigation


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    navigation.add(app, _l("Centres"), "centres.overview", order=20, for_staff=False, also=("calendar.house",))
