"""Devices and programs with a token of their own: a door sensor, a display, a club's web page.

Whoever lets a device in (the HTTP API) asks `service.find_device`, then `node.core.actors.act_as`.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.rights import Right, roles_with
from node.devices import views
from shared.web import navigation

_ABOUT = _l("Tokens for devices and programs that speak with the house by themselves")


def register(app: Flask) -> None:
    """Add the pages of devices to `app`."""
    app.register_blueprint(views.pages)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("Devices"), "devices.index", order=94, roles=roles, group="house", about=_ABOUT)
