"""The forms of the sign-in pages."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, Length

from shared.web.accounts.columns import NAME_LENGTH_MAX
from shared.web.accounts.service import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, TYPED_LENGTH_MAX
from shared.web.forms import Form, TagsField, at_most, needed, options

_CODE_LENGTH_MAX = 60


class SignInForm(Form):
    name = StringField(_l("Name"), [needed(), at_most(NAME_LENGTH_MAX)])
    password = PasswordField(_l("Password"), [needed(), at_most(TYPED_LENGTH_MAX)])


class PasswordForm(Form):
    present = PasswordField(_l("Present password"), [needed(), at_most(TYPED_LENGTH_MAX)])
    wanted = PasswordField(
        _l("New password"),
        [
            needed(),
            Length(PASSWORD_LENGTH_MIN, message=_l("Please use at least %(min)d characters.")),
            at_most(PASSWORD_LENGTH_MAX),
        ],
    )
    repeated = PasswordField(
        _l("New password again"), [needed(), EqualTo("wanted", _l("The two new passwords differ."))]
    )


class RoleForm(Form):
    role = SelectField(_l("Role"))

    def offer(self, roles: Mapping[Any, Any]) -> Any:
        """Fill in the roles of this side."""
        self.role.choices = _choices(roles)
        return self


class PersonForm(RoleForm):
    name = StringField(
        _l("Name"),
        [needed(), at_most(NAME_LENGTH_MAX)],
        description=_l("With this name the person signs in, and it stands beside what they take and change."),
    )


class DemandForm(Form):
    roles = TagsField(_l("Demand a second factor of"))

    def offer(self, roles: Mapping[Any, Any]) -> Any:
        """Fill in the roles of which one may be demanded."""
        self.roles.choices = _choices(roles)
        return self


class CodeForm(Form):
    code = StringField(_l("Code"), [needed(), at_most(_CODE_LENGTH_MAX)])


def _choices(roles: Mapping[Any, Any]) -> list[Any]:
    return list(options((str(role), name) for role, name in roles.items()))
