"""What is typed when a space is booked, and how it becomes an entry."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from node.bookings.labels import CALLED_OFF_BY, CANCEL_REASONS, DECLINE_REASONS, KINDS
from node.bookings.service import BookingEntry, Overruling, chosen_instead
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import BookingKind, CalledOffBy, Slot
from shared.records.spaces import CAPACITY_MAX
from shared.time import at_local
from shared.web.forms import DateField, Form, TagsField, TimeField15, at_most, needed, options
from shared.web.vocabulary import choices


class BookingForm(Form):
    """`also`: the buttons of the page that offer something else, only note a request, or show the price.

    `of_equipment` adds a field for each item of the house's equipment.
    """

    also = ("instead", "state", "show")
    items: ClassVar[Mapping[str, str]] = {}  # the name of an item's field -> the item

    space_id = SelectField(_l("Space"), [needed(_l("Please choose a space."))])
    day = DateField(_l("Day"), [needed(_l("Please choose a day."))])
    starts = TimeField15(_l("From"), [needed(_l("Please choose when it begins."))])
    ends = TimeField15(_l("Until"), [needed(_l("Please choose when it ends."))])
    ends_on = DateField(_l("Ends on another day"), [Optional()], description=_l("Leave empty if it ends the same day."))
    title = StringField(_l("What for"), [at_most(TITLE_LENGTH_MAX)])
    kind = SelectField(_l("Kind"), choices=choices(KINDS))
    contact_name = StringField(_l("Contact person"), [at_most(TITLE_LENGTH_MAX)])
    contact_phone = StringField(_l("Phone"), [at_most(80)])
    contact_email = StringField(_l("E-mail"), [at_most(TITLE_LENGTH_MAX)])
    persons = IntegerField(
        _l("Number of people"),
        [Optional(), NumberRange(1, CAPACITY_MAX, _l("Please enter a number of people, or nothing."))],
    )
    note = TextAreaField(_l("Note"), [at_most(TEXT_LENGTH_MAX)])
    tenant_id = SelectField(_l("Group or tenant"), default="")
    fee_class_id = SelectField(_l("Fee class"), default="")
    overrule = BooleanField(_l("Book nevertheless"))
    overrule_why = StringField(_l("Why"), [at_most(300)])

    def validate_overrule_why(self, field: Any) -> None:
        """Whoever sets a rule aside says why."""
        if self.overrule.data and not field.data:
            raise ValidationError(_("Please say why. It is kept with the booking."))

    def validate_ends(self, field: Any) -> None:
        """The end has to come after the beginning; the message says how to book past midnight."""
        if self.day.data and self.starts.data and field.data and self._end() <= self._start():
            raise ValidationError(
                _("This is not after the beginning. If it ends the next day, enter that day beside it.")
            )

    def take_instead(self, chosen: str | None) -> None:
        """Put the alternative that was clicked into the form that came with it."""
        for name, value in chosen_instead(chosen).items():
            self[name].data = value

    def entry(self, zone: ZoneInfo, **kept: Any) -> BookingEntry:
        """Return what was typed, and what was not asked for as it is `kept`; only after `validate()`."""
        texts = ("title", "contact_name", "contact_phone", "contact_email", "note")
        typed: dict[str, Any] = {name: self[name].data or "" for name in texts if name in self}
        if "tenant_id" in self:
            typed["tenant_id"] = self.tenant_id.data or None
        return BookingEntry(
            space_id=self.space_id.data,
            slot=self.slot(zone),
            kind=self.kind.data,
            persons=self.persons.data,
            fee_class_id=(self.fee_class_id.data or "") if self.kind.data == BookingKind.RENTAL else "",
            equipment={item: self[name].data or 0 for name, item in self.items.items()} if self.items else None,
            **{**typed, **kept},
        )

    def slot(self, zone: ZoneInfo) -> Slot:
        """Return the time that was typed."""
        start, end = self._start(), self._end()
        return Slot(at_local(start.date(), start.time(), zone), at_local(end.date(), end.time(), zone))

    def overruling(self, by: str) -> Overruling | None:
        """Return who sets a rule aside and why, None if nobody does."""
        return Overruling(by, self.overrule_why.data or "") if self.overrule.data else None

    def _start(self) -> datetime:
        return _wall(self.day.data, self.starts.data)

    def _end(self) -> datetime:
        return _wall(self.ends_on.data or self.day.data, self.ends.data)


def field_of_item(item_id: str) -> str:
    """Return the name of the field in which an item is counted."""
    return f"item_{item_id.replace('-', '_')}"


def of_equipment(items: Mapping[str, str]) -> type[BookingForm]:
    """Return the form of a booking with a field for each of `items` (id -> label)."""
    names = {field_of_item(item): item for item in items}
    counts: dict[str, Any] = {
        name: IntegerField(items[item], [Optional(), NumberRange(0, CAPACITY_MAX, _l("Please enter a number."))])
        for name, item in names.items()
    }
    return type("BookingFormWithEquipment", (BookingForm,), {**counts, "items": names})


class ReasonForm(Form):
    """Why a request is declined or a booking cancelled: a usual reason, own words, or both."""

    usual = SelectField(_l("Reason"), default="")
    reason = StringField(_l("In your own words"), [at_most(400)])

    def validate_usual(self, field: Any) -> None:
        """One of the two has to be there: whoever asks will want to know."""
        if not field.data and not self.reason.data:
            raise ValidationError(_("Please choose a reason or write one."))

    def words(self) -> str:
        """Return the reason as it is kept and told."""
        return " ".join(part for part in (self.usual.data, self.reason.data) if part)


class DeclineForm(ReasonForm):
    """Why a request is declined."""

    usual = SelectField(_l("Reason"), default="", choices=lambda: _reasons(DECLINE_REASONS))


class CancelForm(ReasonForm):
    """Why a booking is cancelled, and who wanted it."""

    usual = SelectField(_l("Reason"), default="", choices=lambda: _reasons(CANCEL_REASONS))
    wanted_by = RadioField(
        _l("Who cancels?"), choices=lambda: choices(CALLED_OFF_BY), default=CalledOffBy.HOUSE, validate_choice=True
    )


class BlockForm(Form):
    """Spaces that nobody can use for a while, and why."""

    also = ("all",)

    why = StringField(_l("Why"), [needed(_l("Please say why: it is what others see.")), at_most(TITLE_LENGTH_MAX)])
    day = DateField(_l("From (day)"), [needed(_l("Please choose a day."))])
    starts = TimeField15(_l("From (time)"), empty=_l("start of the day"))
    ends_on = DateField(_l("Until (day)"), [Optional()], description=_l("Leave empty if it ends the same day."))
    ends = TimeField15(_l("Until (time)"), empty=_l("end of the day"))
    whole_house = BooleanField(_l("The whole house"))
    spaces = TagsField(_l("Spaces"))

    def validate_ends_on(self, field: Any) -> None:
        """A block ends after it begins."""
        if self.day.data and self._end() <= _wall(self.day.data, self.starts.data or time()):
            raise ValidationError(_("This is not after the beginning."))

    def validate_spaces(self, field: Any) -> None:
        """Something has to be blocked."""
        if not field.data and not self.whole_house.data:
            raise ValidationError(_("Please choose at least one space, or the whole house."))

    def slot(self, zone: ZoneInfo) -> Slot:
        """Return the time that is blocked; only after `validate()`."""
        start, end = _wall(self.day.data, self.starts.data or time()), self._end()
        return Slot(at_local(start.date(), start.time(), zone), at_local(end.date(), end.time(), zone))

    def _end(self) -> datetime:
        last: Any = self.ends_on.data or self.day.data
        if self.ends.data is None:
            return _wall(last + timedelta(days=1), time())
        return _wall(last, self.ends.data)


def _reasons(usual: Iterable[Any]) -> list[Any]:
    return options([("", _("in my own words")), *((str(reason), reason) for reason in usual)])


def _wall(day: Any, wall: Any) -> datetime:
    """Return a wall time; its zone comes with `entry`."""
    return datetime.combine(day, wall)


def fields_of(entry: BookingEntry, zone: ZoneInfo) -> dict[str, Any]:
    """Return the values with which a form shows `entry`."""
    starts, ends = (instant.astimezone(zone) for instant in entry.slot)
    values = {name: getattr(entry, name) for name in ("space_id", "kind", "title", "persons", "note")}
    contact = {name: getattr(entry, name) for name in ("contact_name", "contact_phone", "contact_email")}
    return {
        **values,
        **contact,
        "tenant_id": entry.tenant_id or "",
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "ends_on": ends.date() if ends.date() != starts.date() else None,
    }


def blank(day: date, space_id: str, starts: time | None, ends: time | None) -> dict[str, Any]:
    """Return the values of a new booking's form, as far as the page before knows them."""
    overnight = starts is not None and ends is not None and ends <= starts
    return {
        "day": day,
        "space_id": space_id,
        "starts": starts,
        "ends": ends,
        "ends_on": day + timedelta(days=1) if overnight else None,
        "kind": BookingKind.RENTAL,
    }
