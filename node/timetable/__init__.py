"""The room timetable: who uses which space when, a week on a page; for staff and for the public."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.equipment import naming
from node.spaces import panels as space_panels
from node.timetable import panels, views
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the timetables to `app`, and what they tell on pages of spaces and equipment."""
    app.register_blueprint(views.pages)
    space_panels.add(app, panels.coming_bookings)
    naming.use(app, panels.booking_names)
    navigation.add(app, _l("Timetable"), "timetable.house", order=35)
