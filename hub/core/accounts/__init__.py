"""Who works for the city and signs in here: the tables, the roles, the guard of staff pages.

What can be done to an account is `shared.web.accounts`; `hub.staff` adds the pages.
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from hub.core.accounts.models import Account, RecoveryCode, SecondFactor, SecondFactorRole
from shared.web.accounts import staff_required
from shared.web.accounts.people import People
from shared.web.accounts.second_factor import SecondFactors

__all__ = ["PEOPLE", "SECOND_FACTORS", "Account", "Role", "staff_required"]


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    PLANNER = "planner"
    EDITOR = "editor"


ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.PLANNER: _l("Social planning"),
    Role.EDITOR: _l("Editor"),
}
PEOPLE = People(Account, SecondFactorRole, Role, Role.ADMINISTRATOR)
SECOND_FACTORS = SecondFactors(Account, SecondFactor, RecoveryCode, SecondFactorRole, tuple(Role))
