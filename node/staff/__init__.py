"""The people who work here: the pages of accounts and roles, and of one's own second factor.

What can be done stands in `node.core.accounts.people` and `node.core.accounts.second_factor`.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.privacy import declare
from node.core.rights import Right, roles_with
from node.staff import accounts, second_factor
from node.staff.privacy import ACCOUNTS
from shared.web import navigation

_ABOUT = _l("Who works here and signs in, with which role; start passwords, locks, second factors")


def register(app: Flask) -> None:
    """Add the pages of accounts and second factors to `app`."""
    app.register_blueprint(accounts.pages)
    app.register_blueprint(second_factor.pages(app))
    declare(app, ACCOUNTS)
    roles = roles_with(Right.RUN_HOUSE)
    navigation.add(app, _l("Accounts and roles"), "staff.index", order=90, roles=roles, group="house", about=_ABOUT)
