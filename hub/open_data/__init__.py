"""What the city gives away: its data as files for everybody, with a catalogue that portals collect (DCAT-AP.de)."""

from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.core import jobs
from hub.open_data.catalogue_views import machine as catalogue
from hub.open_data.files_views import machine as files
from hub.open_data.publishing import look_for_changes
from hub.open_data.settings_views import pages as terms_pages
from hub.open_data.views import pages
from shared.web import navigation

LOOK_EVERY_MIN = 30  # how long the catalogue may not know that a data set has changed
_ABOUT = _l("Which data everybody may use, under which licence, and from which number on visits are shown.")


def register(app: Flask) -> None:
    """Add the open data, their catalogue and the page on which planners arrange them."""
    for blueprint in (pages, files, catalogue, terms_pages):
        app.register_blueprint(blueprint)
    navigation.add(app, _l("Open data"), "open_data.overview", order=72, for_staff=False, group="city", about=_ABOUT)
    jobs.add(app, "open-data", IntervalTrigger(minutes=LOOK_EVERY_MIN), look_for_changes)
