"""The forms of accounts and second factors."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from node.core.accounts import ROLE_NAMES
from node.core.accounts.second_factor import DEMANDABLE
from shared.web.accounts.columns import NAME_LENGTH_MAX
from shared.web.forms import Form, TagsField, at_most, needed, options

_CODE_LENGTH_MAX = 60


def _roles() -> list[object]:
    return options((str(role), name) for role, name in ROLE_NAMES.items())


class PersonForm(Form):
    name = StringField(
        _l("Name"),
        [needed(), at_most(NAME_LENGTH_MAX)],
        description=_l("With this name the person signs in, and it stands beside what they take and change."),
    )
    role = SelectField(_l("Role"), choices=_roles(), default="reception")


class RoleForm(Form):
    role = SelectField(_l("Role"), choices=_roles())


class DemandForm(Form):
    roles = TagsField(
        _l("Demand a second factor of"), choices=options((str(role), ROLE_NAMES[role]) for role in DEMANDABLE)
    )


class CodeForm(Form):
    code = StringField(_l("Code"), [needed(), at_most(_CODE_LENGTH_MAX)])
