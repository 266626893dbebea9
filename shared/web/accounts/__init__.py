"""People who sign in: what a node's and the hub's accounts have in common.

`columns` is the table's mixin, `service` makes accounts and checks passwords, `desk` knows who
is asking, `guards` stand before views, `views` are the pages. A side adds its roles and its
table (`node.core.accounts`, `hub.core.accounts`).
"""

from shared.web.accounts.columns import AccountColumns
from shared.web.accounts.desk import SignedIn
from shared.web.accounts.guards import signed_in_required, staff_required
from shared.web.accounts.service import (
    AccountExists,
    AccountLocked,
    PasswordTooShort,
    StartPasswordExpired,
    UnknownAccount,
    UnknownRole,
    add_account,
    change_password,
    find_account,
    list_accounts,
)
from shared.web.accounts.views import equip

__all__ = [
    "AccountColumns",
    "AccountExists",
    "AccountLocked",
    "PasswordTooShort",
    "SignedIn",
    "StartPasswordExpired",
    "UnknownAccount",
    "UnknownRole",
    "add_account",
    "change_password",
    "equip",
    "find_account",
    "list_accounts",
    "signed_in_required",
    "staff_required",
]
