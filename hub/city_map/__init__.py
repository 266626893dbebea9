"""The city on a map: its centres for everybody, coverage, norm and gaps for those who plan."""

from flask import Flask

from hub.city_map.views import pages


def register(app: Flask) -> None:
    """Add the map to `app`; coverage and the page of the centres lead to it."""
    app.register_blueprint(pages)
