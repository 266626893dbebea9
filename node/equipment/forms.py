"""What is typed about a kind of equipment, and when something is lent."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from node.equipment.service import COUNT_MAX, ItemEntry, LendingEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import Slot
from shared.time import at_local
from shared.web.forms import DateField, Form, TimeField15, at_most, needed

_WHOLE = _l("Please enter a whole number that is possible here.")
USUAL_RETURN = time(18)
USUAL_DAYS = 1


class ItemForm(Form):
    name = StringField(
        _l("What is it"),
        [needed(_l("Please say what it is.")), at_most(TITLE_LENGTH_MAX)],
        description=_l("For example: folding chairs, projector, coffee urn"),
    )
    stock = IntegerField(
        _l("How many are there"),
        [InputRequired(_WHOLE), NumberRange(0, COUNT_MAX, _WHOLE)],
        default=1,
        description=_l("As many as can be used. Never more is promised at the same time."),
    )
    place = StringField(_l("Where it stands"), [at_most(TITLE_LENGTH_MAX)])
    note = TextAreaField(_l("Note"), [at_most(TEXT_LENGTH_MAX)])
    lent_alone = BooleanField(
        _l("Can be lent without a room"),
        default=True,
        description=_l("If not, it only goes with a booking of a space of the house."),
    )

    def entry(self) -> ItemEntry:
        """Return what was typed; only after `validate()`."""
        return ItemEntry(
            name=self.name.data or "",
            stock=self.stock.data,
            place=self.place.data or "",
            note=self.note.data or "",
            lent_alone=self.lent_alone.data,
        )


class _DueForm(Form):
    """When it is due back."""

    due_day = DateField(_l("Back on"), [needed(_l("Please choose the day on which it comes back."))])
    due = TimeField15(_l("at the latest by"), [needed(_l("Please choose a time."))])

    def due_at(self, zone: ZoneInfo) -> datetime:
        day: Any = self.due_day.data
        wall: Any = self.due.data
        return at_local(day, wall, zone)


class LendForm(_DueForm):
    lent_to = StringField(_l("Who borrows it"), [needed(_l("Please say who borrows it.")), at_most(TITLE_LENGTH_MAX)])
    contact = StringField(
        _l("Phone or e-mail"), [at_most(TITLE_LENGTH_MAX)], description=_l("To ask for it if it does not come back.")
    )
    count = IntegerField(_l("How many"), [InputRequired(_WHOLE), NumberRange(1, COUNT_MAX, _WHOLE)], default=1)
    fetched_day = DateField(_l("Will be fetched on"), [Optional()], description=_l("Leave empty if it goes out now."))
    fetched = TimeField15(_l("from"), [Optional()], empty="–")
    note = StringField(_l("Note"), [at_most(500)])

    def validate_fetched(self, field: Any) -> None:
        if self.fetched_day.data and field.data is None:
            raise ValidationError(_l("Please choose a time."))

    @property
    def goes_out_now(self) -> bool:
        return self.fetched_day.data is None

    def entry(self, item_id: str, zone: ZoneInfo, now: datetime) -> LendingEntry:
        """Return what was typed; only after `validate()`."""
        day: Any = self.fetched_day.data
        wall: Any = self.fetched.data
        starts_at = now if self.goes_out_now else at_local(day, wall, zone)
        return LendingEntry(
            item_id=item_id,
            count=self.count.data,
            slot=Slot(starts_at, self.due_at(zone)),
            lent_to=self.lent_to.data or "",
            contact=self.contact.data or "",
            note=self.note.data or "",
        )


class ProlongForm(_DueForm):
    pass


def blank_lending(today: date) -> dict[str, Any]:
    """Return what the form of a lending begins with: back tomorrow evening."""
    return {"due_day": today + timedelta(days=USUAL_DAYS), "due": USUAL_RETURN, "count": 1}
