"""Forms that keep what was typed, trim it, and refuse fields nobody asked for."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField as _DateField
from wtforms import IntegerField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.fields.core import Field, UnboundField
from wtforms.validators import InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from shared.time import YEARS
from shared.web import seen

NUMBER_MAX = 10**15  # beyond what any field allows
QUARTERS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45))


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form that changes something.

    Texts are trimmed. A field that the form does not know makes it invalid; names that
    belong to the page and not to the form (a button's, say) are listed in `also`.
    """

    also: ClassVar[Sequence[str]] = ()

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def bind_field(self, form: Any, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            bound = super().bind_field(form, unbound_field, options)
            if isinstance(bound, StringField) and not isinstance(bound, PasswordField):
                bound.filters = (trimmed, *bound.filters)
            if isinstance(bound, IntegerField):
                bound.filters = (bounded, *bound.filters)
            return bound

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        unknown = self._unknown()
        if unknown:
            self.form_errors.append(gettext("This page does not know the field “%(name)s”.", name=unknown[0]))
        return valid and not unknown

    def _unknown(self) -> list[str]:
        if request.method not in ("POST", "PUT", "PATCH"):
            return []
        known = {field.name for field in self} | {*self.also, "csrf_token", seen.NAME}
        prefixes = tuple(f"{field.name}-" for field in self if hasattr(field, "entries") or hasattr(field, "form"))
        return [name for name in request.form if name not in known and not (prefixes and name.startswith(prefixes))]


class FilterForm(Form):
    """The base of a form that narrows a list: read from the address, no token, unknown names ignored.

    `FilterForm()` reads the query string; call `validate()` before using the fields, an
    impossible value is then an error beside its field.
    """

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, **options: Any) -> None:
        super().__init__(formdata=request.args, **options)

    def _unknown(self) -> list[str]:
        return []


def trimmed(value: Any) -> Any:
    """Return a text without white space around it."""
    return value.strip() if isinstance(value, str) else value


def bounded(value: Any) -> Any:
    """Return a whole number no further from zero than NUMBER_MAX: validators cannot compare one of 400 digits."""
    return max(-NUMBER_MAX, min(NUMBER_MAX, value)) if isinstance(value, int) else value


class Needed(InputRequired):  # type: ignore[misc]
    """InputRequired that also sees through blanks: what is left after trimming has to be something."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if field.data == "":
            raise StopValidation(self.message)


def needed(message: Any = None) -> InputRequired:
    """Validator: something has to be filled in."""
    return Needed(message or _l("Please fill this in."))


def at_most(length: int) -> Length:
    """Validator: at most `length` characters."""
    return Length(max=length, message=_l("Please use at most %(max)d characters."))


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return the choices of a select field from (value, label) pairs."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


class TimeField15(SelectField):  # type: ignore[misc]
    """A wall time chosen from quarter hours; `data` is a `datetime.time` or None.

    Native time inputs follow the browser's language, not the page's. `empty` is the text
    of the choice for "no time". A stored time off the quarters stays choosable.
    """

    def __init__(self, label: Any = None, validators: Any = None, empty: Any = None, **options: Any) -> None:
        self.empty = empty
        super().__init__(label, validators, coerce=_wall, choices=[f"{wall:%H:%M}" for wall in QUARTERS], **options)

    def iter_choices(self) -> Iterable[Any]:
        listed = sorted({*QUARTERS, self.data}) if isinstance(self.data, time) else QUARTERS
        if self.empty is not None or self.data is None:
            yield Choice("", self.empty or "", self.data is None, {})
        for wall in listed:
            yield Choice(f"{wall:%H:%M}", f"{wall:%H:%M}", wall == self.data, {})

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = _wall(valuelist[0])
        except ValueError as error:
            self.data = None
            raise ValueError(self.gettext("Not a valid choice.")) from error

    def pre_validate(self, form: Any) -> None:
        """Any quarter hour is possible; `process_formdata` has refused what is no time."""


def _wall(value: Any) -> time | None:
    if value is None or isinstance(value, time):
        return value
    wall = time.fromisoformat(value) if value else None
    if wall is not None and wall.tzinfo is not None:
        raise ValueError(value)  # the clocks on a wall know no zone; it could not be compared with others
    return wall


class DateField(_DateField):  # type: ignore[misc]
    """A calendar date: the browser's picker, or typed as 2026-11-23 or 23.11.2026."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("format", ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"])
        super().__init__(label, validators, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError as error:
            if any(valuelist):
                raise ValueError(gettext("Please enter a date like 23.11.2026.")) from error
            self.data = None
        if self.data and not YEARS[0] < self.data.year < YEARS[1]:
            self.data = None
            raise ValueError(gettext("Please enter a date like 23.11.2026."))

    def _value(self) -> str:
        if self.raw_data:
            typed = " ".join(self.raw_data)
            return self.data.isoformat() if isinstance(self.data, date) else typed
        return self.data.isoformat() if self.data else ""


class TagsField(SelectMultipleField):  # type: ignore[misc]
    """Several keys of a list as check boxes; `data` is a tuple."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = tuple(dict.fromkeys(valuelist))
