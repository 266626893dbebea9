"""What is typed to copy a week and to print one."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from shared.web.forms import DateField, FilterForm, Form, TagsField


class WeeksForm(FilterForm):
    """Any day of a week stands for it."""

    von = DateField(_l("Copy from the week of"), [Optional()])
    nach = DateField(_l("Into the week of"), [Optional()])


class CopyForm(Form):
    """`event` gets its choices in the view."""

    also = ("publish",)

    von = DateField()
    nach = DateField()
    event = TagsField(_l("Events"))

    def validate_event(self, field: TagsField) -> None:
        if not field.data:
            raise ValidationError(_l("Please choose at least one event."))


class WeekForm(FilterForm):
    tag = DateField(_l("Week of"), [Optional()])
