"""What the houses did, added up: by centre, district, theme and month, dated and complete or not."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.reports.views import pages
from shared.web import navigation


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    navigation.add(app, _l("Reports"), "reports.overview", order=40)
