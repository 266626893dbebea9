"""Who works for the house and signs in here: the table, the roles, the guard of staff pages.

`people` adds, locks and changes accounts, `second_factor` has the six digits beside the password.
What both can do is `shared.web.accounts`; `node.staff` adds the pages.
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from node.core.accounts.models import Account
from shared.web.accounts import staff_required

__all__ = ["Account", "Role", "staff_required"]


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
