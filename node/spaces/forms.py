"""What is typed about a space, and how it becomes an entry."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from node.spaces.service import SpaceEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.spaces import BUFFER_MINUTES_MAX, CAPACITY_MAX
from shared.web.forms import Form, TagsField, at_most, needed
from shared.web.vocabulary import ACCESSIBILITY, SPACE_KINDS, choices

_WHOLE = _l("Please enter a whole number that is possible here.")


def _number(label: object, most: int, hint: object, usual: int = 0) -> IntegerField:
    checks = [InputRequired(_WHOLE), NumberRange(0, most, _WHOLE)]
    return IntegerField(label, checks, default=usual, description=hint)


class SpaceForm(Form):
    name = StringField(_l("Name"), [needed(_l("Please give the space a name.")), at_most(TITLE_LENGTH_MAX)])
    kind = SelectField(_l("Kind"), choices=choices(SPACE_KINDS))
    parent_id = SelectField(
        _l("Part of"), description=_l("Booking a hall takes its parts, booking a part takes the hall.")
    )
    capacity = _number(_l("Number of people"), CAPACITY_MAX, _l("0 if it does not matter."))
    accessibility = TagsField(_l("Accessibility"), choices=choices(ACCESSIBILITY))
    description = TextAreaField(
        _l("Description"), [at_most(TEXT_LENGTH_MAX)], description=_l("The public can read it.")
    )
    buffer_before_min = _number(_l("Minutes for setting up"), BUFFER_MINUTES_MAX, _l("Kept free before each booking."))
    buffer_after_min = _number(
        _l("Minutes for clearing"),
        BUFFER_MINUTES_MAX,
        _l("Kept free after it. The larger of the two counts, not the sum."),
    )
    rank = _number(_l("Place in the list"), 10_000, _l("Smaller numbers stand first."))
    bookable = BooleanField(_l("Can be booked"), default=True)

    def entry(self) -> SpaceEntry:
        """Return what was typed; only after `validate()`."""
        return SpaceEntry(
            name=self.name.data or "",
            kind=self.kind.data,
            parent_id=self.parent_id.data or None,
            capacity=self.capacity.data,
            accessibility=self.accessibility.data,
            description=self.description.data or "",
            buffer_before_min=self.buffer_before_min.data,
            buffer_after_min=self.buffer_after_min.data,
            bookable=self.bookable.data,
            rank=self.rank.data,
        )
