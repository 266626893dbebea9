"""People who sign in: what a node's and the hub's accounts have in common.

`columns` are the tables' mixins, `service` makes accounts and checks passwords, `people` locks
and changes them, `second_factor` has the six digits beside the password, `desk` knows who is
asking, `guards` stand before views; the rest are pages and commands. A side adds its roles and
its tables (`node.core.accounts`, `hub.core.accounts`) and puts a `Desk` together (`…staff`).
"""

from shared.web.accounts.columns import AccountColumns, AccountLocked, StartPasswordExpired
from shared.web.accounts.desk import Desk, SignedIn
from shared.web.accounts.guards import signed_in_required, staff_required
from shared.web.accounts.service import (
    AccountExists,
    PasswordGuessable,
    PasswordTooShort,
    PasswordWeak,
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
    "Desk",
    "PasswordGuessable",
    "PasswordTooShort",
    "PasswordWeak",
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
