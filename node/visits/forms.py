"""The forms beside the counter: corrections, what is said of a day, locks, buttons."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange

from node.visits.labels import KINDS, STATEMENTS, TARGET_GROUPS
from shared.records.visits import COUNT_MAX
from shared.web import vocabulary
from shared.web.forms import Form, TagsField, at_most, needed, options

_WHY = _l("Please say why, so that others understand the change.")


class CorrectionForm(Form):
    """`hour` is the instant at which the hour begins: on the night in October two have one wall time."""

    hour = SelectField(_l("Hour"), [needed()])
    kind = SelectField(_l("Kind of visit"), choices=options(KINDS.items()))
    target_group = SelectField(_l("Target group"), choices=options(TARGET_GROUPS.items()))
    count = IntegerField(
        _l("Right number"),
        [needed(), NumberRange(0, COUNT_MAX, _l("Please enter a whole number from 0."))],
    )
    reason = StringField(_l("Reason"), [needed(_WHY), at_most(500)])


class StatementForm(Form):
    """What somebody says about a day. The reason is needed where nobody counted."""

    statement = SelectField(_l("This day"), choices=options(STATEMENTS.items()))
    reason = StringField(
        _l("Reason"), [at_most(500)], description=_l("For example: tablet broken, nobody at the counter, team day")
    )


class ReopenForm(Form):
    reason = StringField(_l("Reason"), [needed(_WHY), at_most(500)])


class ButtonForm(Form):
    """A button of the counter."""

    kind = SelectField(_l("Kind of visit"), choices=options(KINDS.items()))
    target_group = SelectField(
        _l("Target group"),
        choices=options([("", _l("As chosen beside the buttons")), *vocabulary.TARGET_GROUPS.items()]),
        description=_l("With a target group the button counts both with one touch."),
    )
    label = StringField(
        _l("Name on the button"),
        [at_most(40)],
        description=_l("What your house calls it, for example “Café”. The kind of visit stands below it."),
    )


class BoardForm(Form):
    """What else belongs to the counter."""

    asks_groups = BooleanField(_l("Ask for the target group"))
    groups = TagsField(
        _l("Target groups to touch"),
        choices=options(vocabulary.TARGET_GROUPS.items()),
        description=_l("None chosen means: all of them."),
    )
