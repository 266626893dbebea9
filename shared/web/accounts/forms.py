"""The forms of the sign-in pages."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, Length

from shared.web.accounts.columns import NAME_LENGTH_MAX
from shared.web.accounts.service import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from shared.web.forms import Form, at_most, needed


class SignInForm(Form):
    name = StringField(_l("Name"), [needed(), at_most(NAME_LENGTH_MAX)])
    password = PasswordField(_l("Password"), [needed(), at_most(PASSWORD_LENGTH_MAX)])


class PasswordForm(Form):
    present = PasswordField(_l("Present password"), [needed(), at_most(PASSWORD_LENGTH_MAX)])
    wanted = PasswordField(
        _l("New password"),
        [
            needed(),
            Length(PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX, _l("Please use at least %(min)d characters.")),
        ],
    )
    repeated = PasswordField(
        _l("New password again"), [needed(), EqualTo("wanted", _l("The two new passwords differ."))]
    )
