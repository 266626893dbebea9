"""The city on a map: its centres for everybody, coverage, norm and gaps for those who plan."""

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from hub.city_map.views import pages
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the map to `app`; the pages of coverage and the list of the centres lead to it."""
    app.register_blueprint(pages)
    app.jinja_env.globals["map_address"] = map_address
    navigation.add(app, _l("Map"), "city_map.show", order=49, for_staff=False, group="coverage")


def map_address() -> str:
    """Return where the map is, for pages that would do without it."""
    return url_for("city_map.show")
