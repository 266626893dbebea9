"""Joining the city: asking with a code, and the page of the first start on a machine that has no centre yet.

`service` asks and keeps what the city tells; `founding` makes a centre of an empty folder; `first_start` is
the small site that stands where the centre's will be; `views` is the page of a centre that exists, `renewal`
lets the running one notice; `commands` are the same for a terminal.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.rights import Right, roles_with
from node.joining import views
from shared.web import navigation

_ABOUT = _l("To which city this house belongs; a code to join or for new credentials, and leaving")


def register(app: Flask) -> None:
    """Add the page of the city to `app`."""
    app.register_blueprint(views.pages)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("The city"), "joining.show", order=96, roles=roles, group="house", about=_ABOUT)
