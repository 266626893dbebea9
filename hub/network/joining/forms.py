"""What is asked before a join code is made."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import RadioField, SelectField, StringField

from hub.network.joining.invitations import VALID_HOURS, VALID_HOURS_USUAL
from shared.web.forms import Form, at_most, needed, options

REVOKED, LEAVES = "ausschluss", "austritt"


class LetGoForm(Form):
    """Why a centre no longer belongs to the network; what happens is the same."""

    why = RadioField(
        _l("Why"),
        choices=options([(REVOKED, _l("It is no longer trusted, or its machine is lost")), (LEAVES, _l("It leaves"))]),
        default=REVOKED,
    )


class ValidForm(Form):
    """For how long a code can be used."""

    hours = SelectField(_l("Works for"), default=str(VALID_HOURS_USUAL))

    def fill(self) -> "ValidForm":
        """Offer the choices, in the language of whoever asks."""
        self.hours.choices = options([(str(hours), _in_words(hours)) for hours in VALID_HOURS])
        return self


class InviteForm(ValidForm):
    """The id cannot be changed later: it is part of every address of the centre."""

    centre_id = StringField(_l("Short name"), [needed(), at_most(40)])
    name = StringField(_l("Name"), [needed(), at_most(200)])


def _in_words(hours: int) -> str:
    if hours % 24:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(ngettext("%(num)s day", "%(num)s days", hours // 24))
