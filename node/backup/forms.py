"""The forms of backups: typing the recovery code, and opening a house that waits."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from shared.web.forms import Form, at_most, needed

CODE_LENGTH_MAX = 80


class CodeForm(Form):
    code = StringField(
        _l("The recovery code"),
        [needed(), at_most(CODE_LENGTH_MAX)],
        description=_l("Seven groups of four, as printed. It is kept nowhere."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class OpenForm(Form):
    answers = BooleanField(
        _l("I answer for it: nobody was erased after this time, or I erase them again myself."),
        [InputRequired(_l("Please confirm that first."))],
    )
