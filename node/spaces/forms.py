"""What is typed about a space and its guest hours, and how it becomes an entry."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from node.spaces.guest_hours import GuestHoursEntry
from node.spaces.labels import DAY_MIN, HOUR_MIN, how_long
from node.spaces.service import SpaceEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.spaces import BUFFER_MINUTES_MAX, CAPACITY_MAX
from shared.web.forms import DateField, Form, TagsField, TimeField15, at_most, needed, options
from shared.web.vocabulary import ACCESSIBILITY, SEATINGS, SPACE_FEATURES, SPACE_KINDS, WEEKDAYS, choices

_WHOLE = _l("Please enter a whole number that is possible here.")
_NOTICES_H = (0, 2, 6, 24, 48, 72, 7 * 24, 14 * 24, 28 * 24)
_LENGTHS_MIN = (0, 60, 90, 120, 180, 240, 360, 480, 720, DAY_MIN, 2 * DAY_MIN, 7 * DAY_MIN)


def _number(label: object, most: int, hint: object, usual: int = 0) -> IntegerField:
    checks = [InputRequired(_WHOLE), NumberRange(0, most, _WHOLE)]
    return IntegerField(label, checks, default=usual, description=hint)


def _seating(label: object) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(0, CAPACITY_MAX, _WHOLE)])


class _Stretch(SelectField):  # type: ignore[misc]
    """A length of time chosen from the usual ones; a stored one that is unusual stays choosable."""

    def __init__(self, label: Any, usual: Iterable[int], unit_min: int, empty: Any, **said: Any) -> None:
        self.usual, self.unit_min, self.empty = tuple(usual), unit_min, empty
        super().__init__(label, coerce=int, default=0, choices=[], **said)

    def process(self, formdata: Any, *args: Any, **said: Any) -> None:
        super().process(formdata, *args, **said)
        stored = self.object_data if isinstance(self.object_data, int) else 0
        listed = sorted({*self.usual, stored})
        self.choices = options((value, how_long(value * self.unit_min) if value else self.empty) for value in listed)


class SpaceForm(Form):
    name = StringField(_l("Name"), [needed(_l("Please give the space a name.")), at_most(TITLE_LENGTH_MAX)])
    kind = SelectField(_l("Kind"), choices=choices(SPACE_KINDS))
    description = TextAreaField(
        _l("Description"), [at_most(TEXT_LENGTH_MAX)], description=_l("The public can read it.")
    )
    features = TagsField(_l("What is in it"), choices=choices(SPACE_FEATURES))
    accessibility = TagsField(_l("Accessibility"), choices=choices(ACCESSIBILITY))

    parent_id = SelectField(_l("Part of"))
    is_guest_space = BooleanField(
        _l("It is a guest space in another building"),
        description=_l("A classroom or gym, say, that we may use at agreed hours. You enter the hours on its page."),
    )
    host_building = StringField(
        _l("Name of that building"), [at_most(TITLE_LENGTH_MAX)], description=_l("For example: Town Park School")
    )

    capacity = _number(
        _l("Number of people"), CAPACITY_MAX, _l("As many as may be in it at most. 0 if it does not matter.")
    )
    capacity_rows = _seating(SEATINGS["rows"])
    capacity_tables = _seating(SEATINGS["tables"])
    capacity_circle = _seating(SEATINGS["circle"])
    capacity_standing = _seating(SEATINGS["standing"])

    bookable = BooleanField(_l("Can be booked"), default=True)
    self_managed = BooleanField(
        _l("Groups may use it by themselves"),
        description=_l("They open and close without anybody of the staff (self-managed use)."),
    )
    notice_hours = _Stretch(_l("To be booked ahead by"), _NOTICES_H, HOUR_MIN, _l("no notice needed"))
    length_max_min = _Stretch(_l("Longest booking"), _LENGTHS_MIN, 1, _l("as long as one likes"))
    fee_class = SelectField(_l("Fee class for rentals"), default="", choices=[])
    buffer_before_min = _number(_l("Minutes for setting up"), BUFFER_MINUTES_MAX, _l("Kept free before each booking."))
    buffer_after_min = _number(
        _l("Minutes for clearing"),
        BUFFER_MINUTES_MAX,
        _l("Kept free after it. The larger of the two counts, not the sum."),
    )
    rank = _number(_l("Place in the list"), 10_000, _l("Smaller numbers stand first."))

    def validate_host_building(self, field: Any) -> None:
        """A guest space stands somewhere."""
        if self.is_guest_space.data and not field.data:
            raise ValidationError(_l("Please say in which building the guest space is."))

    def entry(self) -> SpaceEntry:
        """Return what was typed; only after `validate()`."""
        typed = {field.name: self[field.name].data for field in fields(SpaceEntry)}
        seatings = {name: value or 0 for name, value in typed.items() if name.startswith("capacity")}
        texts = {name: typed[name] or "" for name in ("name", "description", "host_building", "fee_class")}
        return SpaceEntry(**(typed | seatings | texts | {"parent_id": typed["parent_id"] or None}))


class GuestHoursForm(Form):
    weekdays = TagsField(
        _l("Weekdays"),
        choices=options((str(number), name) for number, name in enumerate(WEEKDAYS)),
        description=_l("None chosen means: every day."),
    )
    opens = TimeField15(_l("From"), [needed(_l("Please choose when it begins."))])
    closes = TimeField15(
        _l("Until"),
        [needed(_l("Please choose when it ends."))],
        description=_l("At or before the beginning means: on the next day."),
    )
    valid_from = DateField(_l("First day"), [Optional()], description=_l("Leave empty if it holds from now on."))
    valid_until = DateField(
        _l("Last day"), [Optional()], description=_l("For example the last day before the school holidays.")
    )

    def entry(self) -> GuestHoursEntry:
        """Return what was typed; only after `validate()`."""
        return GuestHoursEntry(
            opens_local=f"{self.opens.data:%H:%M}",
            closes_local=f"{self.closes.data:%H:%M}",
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )

    def chosen_days(self) -> list[int]:
        return [int(day) for day in self.weekdays.data]
