"""How the city's dates get onto other sites: a frame of plain HTML, oEmbed, and what search engines read."""

from flask import Flask

from hub.widget import engines, frames, oembed, views

PAGES = (views, frames, oembed, engines)  # each adds its pages to the one blueprint


def register(app: Flask) -> None:
    """Add the pages to `app`."""
    app.register_blueprint(views.pages)
