"""The form of a new device."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from node.core.rights import RIGHT_NAMES
from node.devices.models import NAME_LENGTH_MAX
from node.devices.service import GRANTABLE
from shared.ids import RECORD_ID
from shared.web.forms import DateField, Form, TagsField, at_most, needed, options


class DeviceForm(Form):
    """`once` becomes the device's id, so that a form sent twice adds one device."""

    once = HiddenField(validators=[Regexp(RECORD_ID)])
    name = StringField(
        _l("Name"), [needed(), at_most(NAME_LENGTH_MAX)], description=_l("What and where it is: door sensor, entrance.")
    )
    rights = TagsField(
        _l("What it may do"),
        [InputRequired(_l("Please choose at least one."))],
        choices=options((str(right), RIGHT_NAMES[right]) for right in GRANTABLE),
        description=_l("As little as possible: a door sensor needs only to count."),
    )
    last_day = DateField(
        _l("Valid until"),
        [Optional()],
        description=_l("The last day on which the token works. Empty: until you withdraw it."),
    )
