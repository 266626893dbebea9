"""Keys handed out and taken back, and the log of groups that open and close by themselves."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.bookings import panels
from node.core.privacy import declare as declare_personal_data
from node.core.rights import Right, roles_with
from node.keys import opening_views, views
from node.keys.privacy import HANDOVERS, OPENINGS
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the key book to `app`, and what it knows to the pages of bookings."""
    app.register_blueprint(views.pages)
    declare_personal_data(app, HANDOVERS, OPENINGS)
    panels.add(app, opening_views.opening_panel)
    panels.add(app, opening_views.keys_panel)
    navigation.add(
        app,
        _l("Keys"),
        "keys.index",
        order=35,
        group="house",
        about=_l("Who has which key since when, what is overdue, and which keys there are."),
        roles=roles_with(Right.TAKE_BOOKINGS),
    )
