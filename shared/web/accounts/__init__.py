"""People who sign in: what a node's and the hub's accounts have in common.

`columns` is the table's mixin, `service` makes accounts and checks passwords, `views` are
the pages. A side adds its roles and its table (`node.core.accounts`, `hub.core.accounts`).
"""

from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.service import (
    AccountExists,
    PasswordTooShort,
    UnknownAccount,
    UnknownRole,
    add_account,
    change_password,
    find_account,
    list_accounts,
)
from shared.web.accounts.views import SignedIn, equip, staff_required

__all__ = [
    "AccountColumns",
    "AccountExists",
    "PasswordTooShort",
    "SignedIn",
    "UnknownAccount",
    "UnknownRole",
    "add_account",
    "change_password",
    "equip",
    "find_account",
    "list_accounts",
    "staff_required",
]
