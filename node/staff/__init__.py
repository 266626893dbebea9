"""The people who work here: signing in, the pages of accounts and roles, and of one's own second factor.

What can be done stands in `shared.web.accounts`; here is what is this house's own.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.accounts import ROLE_NAMES, Role
from node.core.accounts.models import EndedSession
from node.core.accounts.people import PEOPLE
from node.core.accounts.second_factor import SECOND_FACTORS
from node.core.privacy import declare
from node.core.rights import RIGHT_NAMES, Right, needs, rights_of, roles_with
from node.staff.privacy import ACCOUNTS
from shared.database import Database
from shared.web import accounts, navigation
from shared.web.accounts import people_pages, second_factor_pages

_ABOUT = _l("Who works here and signs in, with which role; start passwords, locks, second factors")


def sign_in(app: Flask, database: Database) -> None:
    """Let people sign in to `app`, and look after their own account."""
    desk = accounts.Desk(
        PEOPLE,
        SECOND_FACTORS,
        EndedSession,
        database,
        ROLE_NAMES,
        guests=(Role.TENANT,),
        own_pages=[(_l("Second factor and sign-ins"), "second_factor.show")],
        rights={role: [RIGHT_NAMES[right] for right in rights_of(role)] for role in Role},
        after_locking=_l("Whoever leaves the house is locked; the name is forgotten when the retention time is over."),
    )
    accounts.equip(app, desk)


def register(app: Flask) -> None:
    """Add the pages of accounts and second factors to `app`."""
    app.register_blueprint(people_pages.pages(needs(Right.RUN_HOUSE)))
    app.register_blueprint(second_factor_pages.pages(app))
    declare(app, ACCOUNTS)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("Accounts and roles"), "staff.index", order=90, roles=roles, group="house", about=_ABOUT)
