"""The forms of a sensor."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, ValidationError

from node.sensors.labels import DIRECTIONS, SOURCES
from node.sensors.service import SensorEntry
from node.visits.labels import KINDS
from shared.ids import is_slug
from shared.web.forms import Form, at_most, needed, options


class SensorForm(Form):
    """What can be changed later."""

    name = StringField(_l("Name"), [needed(), at_most(80)], description=_l("For example: main entrance"))
    door = StringField(_l("Where it hangs"), [at_most(80)])
    kind = SelectField(_l("Counts as kind of visit"), choices=options(KINDS.items()))
    direction = SelectField(
        _l("What is a visitor"),
        choices=options(DIRECTIONS.items()),
        description=_l("A simple light barrier cannot tell directions: everybody passes it twice."),
    )
    percent = IntegerField(
        _l("Of these count, in percent"),
        [needed(), NumberRange(1, 200, _l("Please enter a whole number from 1 to 200."))],
        default=100,
        description=_l("Less than 100 where staff pass the door too. Count by hand for an hour and compare."),
    )
    active = BooleanField(_l("In use"), default=True)

    def entry(self) -> SensorEntry:
        return SensorEntry(
            name=self.name.data,
            door=self.door.data or "",
            kind=self.kind.data,
            direction=self.direction.data,
            percent=self.percent.data,
            active=self.active.data,
        )


class NewSensorForm(SensorForm):
    key = StringField(
        _l("Short name in its address"),
        [needed(), at_most(40)],
        description=_l("Small letters, digits and hyphens, for example “eingang”. It cannot be changed later."),
    )

    def validate_key(self, field: Any) -> None:
        if not is_slug(field.data):
            raise ValidationError(_l("Please use small letters, digits and hyphens only."))


class SourceForm(Form):
    """What counts in a house with sensors at its doors."""

    source = RadioField(_l("What counts"), choices=options(SOURCES.items()))
