"""What the page of the first start asks."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, Length, ValidationError
from wtforms.widgets import PasswordInput

from shared.joining import NotACode, codes, read_code
from shared.joining.codes import JoinCode
from shared.web.accounts.columns import NAME_LENGTH_MAX
from shared.web.accounts.guessable import is_guessable
from shared.web.accounts.service import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from shared.web.forms import Form, at_most, needed

_WRONG = {
    "length": _l("This is not the whole code. It ends with twenty letters and figures in groups of four."),
    "letters": _l("A letter is wrong or missing. Please compare the code with what the city gave you."),
    "address": _l("Please enter the address, too, with which the code begins."),
}
_KEPT = PasswordInput(hide_value=False)  # nothing that was typed is lost; the page is in no cache


class SureForm(Form):
    """A button that is asked about before it does something: nothing but the token."""


class CityCodeForm(Form):
    """A code of the city."""

    code = StringField(_l("Join code"), [needed(), at_most(codes.TEXT_LENGTH_MAX)])

    def read(self) -> JoinCode | None:
        """Return the code; None if it is none, with the reason beside the field."""
        try:
            return read_code(self.code.data)
        except NotACode as refusal:
            self.code.errors = [_WRONG[refusal.fault]]
            return None


class FirstStartForm(CityCodeForm):
    """The code, and the first account: it may do everything."""

    name = StringField(_l("Your name"), [needed(), at_most(NAME_LENGTH_MAX)])
    password = PasswordField(
        _l("Password"),
        [
            needed(),
            Length(PASSWORD_LENGTH_MIN, message=_l("Please use at least %(min)d characters.")),
            at_most(PASSWORD_LENGTH_MAX),
        ],
        widget=_KEPT,
    )
    again = PasswordField(
        _l("The password again"), [needed(), EqualTo("password", _l("The two passwords differ."))], widget=_KEPT
    )

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what guessers try first: before the code is used up."""
        if is_guessable(field.data or "", self.name.data or ""):
            raise ValidationError(
                gettext("Guessers try passwords like this one first. A short sentence of your own is better.")
            )
