"""Who uses rooms again and again: kept by staff (`desk_views`), and their own pages (`own_views`)."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.accounts import Role
from node.core.privacy import declare as declare_personal_data
from node.core.rights import Right, roles_with
from node.tenants import desk_views, own_views
from node.tenants.privacy import TENANTS
from shared.web import navigation


def register(app: Flask) -> None:
    """Add the pages of and about tenants to `app`."""
    app.register_blueprint(desk_views.desk)
    app.register_blueprint(own_views.own)
    declare_personal_data(app, TENANTS)
    navigation.add(app, _l("My bookings"), "own.index", order=5, only_role=Role.TENANT)
    navigation.add(
        app,
        _l("Groups and tenants"),
        "tenants.index",
        order=36,
        group="house",
        about=_l("Who uses rooms again and again, how many hours they may, and with which account they sign in."),
        roles=roles_with(Right.SEE_PERSONS),
    )
