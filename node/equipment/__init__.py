"""What the house lends or puts into its rooms: counted, never promised twice.

Read `service` for what can be done, `guard` for why nothing is over-committed.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core import privacy as personal_data
from node.equipment import lending_views
from node.equipment.privacy import LENDINGS
from shared.web import navigation

_ABOUT = _l("What can be lent or put into a room, what is out just now and what is overdue")


def register(app: Flask) -> None:
    """Add the pages of equipment to `app`, and what they keep of people."""
    app.register_blueprint(lending_views.pages)  # the blueprint of `views`, with its own pages added
    personal_data.declare(app, LENDINGS)
    navigation.add(app, _l("Equipment"), "equipment.index", order=35, group="house", about=_ABOUT)
