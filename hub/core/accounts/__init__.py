"""Who works for the city and signs in here: the table, the roles, the guard of staff pages."""

from enum import StrEnum

from flask import Flask
from flask_babel import lazy_gettext as _l

from hub.core.accounts.models import Account
from shared.database import Database
from shared.web import accounts
from shared.web.accounts import staff_required

__all__ = ["Account", "Role", "register", "staff_required"]


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    PLANNER = "planner"
    EDITOR = "editor"


ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.PLANNER: _l("Social planning"),
    Role.EDITOR: _l("Editor"),
}


def register(app: Flask, database: Database) -> None:
    """Add sign-in, sign-out and one's own account to `app`."""
    accounts.equip(app, Account, database, Role.ADMINISTRATOR, ROLE_NAMES)
