"""Admitting a centre: what the centre shows after its set-up is entered here."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from shared.web.forms import Form, at_most, needed


class AdmitForm(Form):
    """The id cannot be changed later: it is part of every address of the centre."""

    centre_id = StringField(_l("Short name"), [needed(), at_most(40)])
    name = StringField(_l("Name"), [needed(), at_most(200)])
    public_key = StringField(_l("Public key"), [needed(), at_most(60)])


class SureForm(Form):
    """A button that is asked about before it does something: nothing but the token."""
