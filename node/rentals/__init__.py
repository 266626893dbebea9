"""Renting a room: fee classes, deposit, the rules of the house and the agreement on paper.

Rule: this folder knows nothing of bookings but their ids; the pages of a booking ask it.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.rights import Right, roles_with
from node.rentals import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the pages on which fees and rules are arranged to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(
        app,
        _l("Fee classes"),
        "rentals.index",
        order=40,
        group="house",
        about=_l("What a room costs, for whom, and which deposit is asked for."),
        roles=roles_with(Right.ARRANGE_HOUSE),
    )
    navigation.add(
        app,
        _l("House rules"),
        "rentals.rules_index",
        order=41,
        group="house",
        about=_l("What everybody who rents a room accepts, in every version."),
    )
