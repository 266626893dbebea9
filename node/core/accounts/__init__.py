"""Who works for the house and signs in here: the table, the roles, the guard of staff pages.

`people` adds, locks and changes accounts, `second_factor` has the six digits beside the password,
`commands` mends both without signing in. Their pages are in `node.staff`.
"""

from enum import StrEnum

from flask import Flask
from flask_babel import lazy_gettext as _l

from node.core.accounts.models import Account
from shared.database import Database
from shared.web import accounts
from shared.web.accounts import staff_required

__all__ = ["Account", "Role", "register", "staff_required"]


class Role(StrEnum):
    LEAD = "lead"
    OFFICE = "office"
    RECEPTION = "reception"
    VOLUNTEER = "volunteer"
    TENANT = "tenant"  # of a room; not of the staff


ROLE_NAMES = {
    Role.LEAD: _l("Lead and coordination"),
    Role.OFFICE: _l("Office"),
    Role.RECEPTION: _l("Reception"),
    Role.VOLUNTEER: _l("Volunteer"),
    Role.TENANT: _l("Tenant of a room"),
}


def register(app: Flask, database: Database) -> None:
    """Add sign-in, sign-out and one's own account to `app`."""
    own_pages = [(_l("Second factor and sign-ins"), "second_factor.show")]
    accounts.equip(app, Account, database, Role.LEAD, ROLE_NAMES, guests=(Role.TENANT,), own_pages=own_pages)
