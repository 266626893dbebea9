"""The correction of an hour's count."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import NumberRange

from node.visits.labels import KINDS, TARGET_GROUPS
from shared.records.visits import COUNT_MAX
from shared.web.forms import Form, at_most, needed, options


class CorrectionForm(Form):
    """`hour` is the instant at which the hour begins: on the night in October two have one wall time."""

    hour = SelectField(_l("Hour"), [needed()])
    kind = SelectField(_l("Kind of visit"), choices=options(KINDS.items()))
    target_group = SelectField(_l("Target group"), choices=options(TARGET_GROUPS.items()))
    count = IntegerField(
        _l("Right number"),
        [needed(), NumberRange(0, COUNT_MAX, _l("Please enter a whole number from 0."))],
    )
    reason = StringField(
        _l("Reason"), [needed(_l("Please say why, so that others understand the change.")), at_most(500)]
    )
