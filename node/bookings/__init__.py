"""Who uses which space when: taken, changed and decided by staff; never double-booked.

Read `service` for what can be done, `guard` for why a double booking is impossible.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.bookings import (
    block_views,
    decision_views,
    desk,
    rental_views,
    series_missing_views,
    series_panel,
    series_views,
    views,
)
from node.bookings.privacy import BOOKINGS, RENTALS
from node.core.privacy import declare as declare_personal_data
from shared.web import navigation

__all__ = [
    "block_views",
    "decision_views",
    "register",
    "rental_views",
    "series_missing_views",
    "series_views",
    "views",
]


def register(app: Flask) -> None:
    """Add the pages of bookings to `app`."""
    app.register_blueprint(desk.pages)
    series_panel.equip(app)
    declare_personal_data(app, BOOKINGS, RENTALS)
    navigation.add(app, _l("Bookings"), "bookings.day", order=30)
