"""Who uses which space when: taken, changed and decided by staff; never double-booked.

Read `service` for what can be done, `guard` for why a double booking is impossible.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.bookings import views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the pages of bookings to `app`."""
    app.register_blueprint(views.pages)
    navigation.add(app, _l("Bookings"), "bookings.day", order=30)
