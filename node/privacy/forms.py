"""The forms of privacy: days of retention, whom to look for, what to do with what was found."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange

from node.core.privacy import PersonalData
from shared.web.forms import Form, TagsField, at_most, needed

_NEEDLE_LENGTH_MAX = 100
_PREFIX = "days_"


class SearchForm(Form):
    needle = StringField(
        _l("Name, e-mail address or telephone number"),
        [needed(), at_most(_NEEDLE_LENGTH_MAX)],
        description=_l("A part is enough. What you type is kept nowhere; the log notes only that you looked."),
    )


class FoundForm(Form):
    """What was ticked of what was found."""

    chosen = TagsField(validators=[InputRequired(_l("Please tick at least one entry."))], validate_choice=False)


def retention_form(kinds: Iterable[PersonalData], standing: dict[str, int]) -> Any:
    """Return a form with a field of days for each kind."""
    fields = {_PREFIX + data.key: _days(data) for data in kinds}
    filled = {_PREFIX + key: days for key, days in standing.items()}
    return type("RetentionForm", (Form,), fields)(data=filled)


def field_of(form: Any, data: PersonalData) -> Any:
    return form[_PREFIX + data.key]


def _days(data: PersonalData) -> IntegerField:
    bounds = {"days_min": data.retention_days_min, "days_max": data.retention_days_max}
    between = gettext("Please enter a number of days between %(days_min)s and %(days_max)s.", **bounds)
    return IntegerField(
        data.label,
        [NumberRange(data.retention_days_min, data.retention_days_max, between)],
        description=gettext("%(days_min)s to %(days_max)s days", **bounds),
        render_kw={"inputmode": "numeric", "min": data.retention_days_min, "max": data.retention_days_max},
    )
