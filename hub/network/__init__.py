"""The desk of the network: every centre's link, what waits, what was set aside, who belongs to it."""

from flask import Flask

from hub.core.rights import Right, roles_with
from hub.network import jobs, membership, mending, rights_jobs, rights_views, trust, views
from hub.network.joining import desk, door
from hub.network.waiting import GROUP, label
from shared.web import navigation

__all__ = ["GROUP", "desk", "membership", "mending", "register", "rights_views", "trust"]


def register(app: Flask) -> None:
    """Add the desk to `app`."""
    app.register_blueprint(views.pages)
    door.register(app)
    jobs.register(app)
    rights_jobs.register(app)
    roles = roles_with(Right.SEE_NETWORK)
    navigation.add(app, label(), "network.overview", order=50, roles=roles, leads_to=GROUP)
