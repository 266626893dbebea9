"""The profile of the house as a form."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FloatField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from node.centre.service import ProfileEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.web.forms import Form, TagsField, at_most, needed
from shared.web.settings import is_time_zone
from shared.web.vocabulary import ACCESSIBILITY, CENTRE_KINDS, LANGUAGES, choices


class DegreesField(FloatField):  # type: ignore[misc]
    """A decimal number with a comma or a point, as maps show it in either language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip().replace(",", ".") for value in valuelist if value.strip()])
        except ValueError as error:
            raise ValueError(_("Please enter a number like 51,4893.")) from error


def _degrees(label: Any, most: float) -> DegreesField:
    wrong = _l("Please enter a number of degrees that exists.")
    return DegreesField(label, [Optional(), NumberRange(-most, most, wrong)])


class ProfileForm(Form):
    name = StringField(
        _l("Name of the house"), [needed(_l("Please give the house a name.")), at_most(TITLE_LENGTH_MAX)]
    )
    kind = SelectField(_l("Kind"), choices=choices(CENTRE_KINDS))
    operator = StringField(_l("Operator"), [at_most(TITLE_LENGTH_MAX)])
    host_building = StringField(
        _l("Host building"),
        [at_most(TITLE_LENGTH_MAX)],
        description=_l("If the house lives in another one, a school say."),
    )
    description = TextAreaField(_l("About the house"), [at_most(TEXT_LENGTH_MAX)])
    district = StringField(_l("District"), [needed(_l("Please name the district.")), at_most(80)])
    quarter = StringField(_l("Quarter"), [at_most(80)])
    street = StringField(_l("Street and number"), [at_most(TITLE_LENGTH_MAX)])
    postcode = StringField(_l("Postcode"), [at_most(10)])
    town = StringField(_l("Town"), [at_most(80)])
    latitude = _degrees(_l("Latitude"), 90)
    longitude = _degrees(_l("Longitude"), 180)
    phone = StringField(_l("Phone"), [at_most(40)])
    email = StringField(_l("E-mail"), [at_most(TITLE_LENGTH_MAX)])
    website = StringField(
        _l("Website"),
        [Optional(), at_most(500), Regexp("https?://", message=_l("Please begin with https://."))],
    )
    languages = TagsField(_l("Languages spoken in the house"), choices=choices(LANGUAGES))
    accessibility = TagsField(_l("Accessibility"), choices=choices(ACCESSIBILITY))
    time_zone = StringField(_l("Time zone"), [needed()], default="Europe/Berlin")

    def validate_time_zone(self, field: Field) -> None:
        if not is_time_zone(field.data):
            raise ValidationError(_("There is no such time zone. In Germany it is Europe/Berlin."))

    def entry(self) -> ProfileEntry:
        """Return what was typed; only after `validate()`."""
        names = ProfileEntry.__dataclass_fields__
        degrees = ("latitude", "longitude")
        said = {name: self[name].data if name in degrees else self[name].data or "" for name in names}
        tags = {name: self[name].data for name in ("languages", "accessibility")}
        return ProfileEntry(**{**said, **tags})
