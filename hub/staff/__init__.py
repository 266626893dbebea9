"""The people who work for the city: signing in, the pages of accounts and roles, one's own second factor.

What can be done stands in `shared.web.accounts`; here is what is the hub's own.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.core import rights
from hub.core.accounts import PEOPLE, ROLE_NAMES, SECOND_FACTORS, Role
from hub.core.accounts.models import EndedSession
from hub.core.rights import RIGHT_NAMES, Right, needs, rights_of, roles_with
from shared.database import Database
from shared.web import accounts, navigation
from shared.web.accounts import people_pages, second_factor_pages

_ABOUT = _l("Who works for the city and signs in here, with which role; start passwords, locks, second factors")


def sign_in(app: Flask, database: Database) -> None:
    """Let people sign in to `app`, and look after their own account."""
    desk = accounts.Desk(
        PEOPLE,
        SECOND_FACTORS,
        EndedSession,
        database,
        ROLE_NAMES,
        own_pages=[(_l("Second factor and sign-ins"), "second_factor.show")],
        rights={role: [RIGHT_NAMES[right] for right in rights_of(role)] for role in Role},
        after_locking=_l("Whoever works here no more is locked, not deleted: the log names the account."),
    )
    accounts.equip(app, desk)
    rights.register(app)


def register(app: Flask) -> None:
    """Add the pages of accounts and second factors to `app`."""
    app.register_blueprint(people_pages.pages(needs(Right.RUN_NETWORK)))
    app.register_blueprint(second_factor_pages.pages(app))
    roles = roles_with(Right.RUN_NETWORK)
    navigation.add(app, _l("Accounts and roles"), "staff.index", order=90, roles=roles, group="city", about=_ABOUT)
