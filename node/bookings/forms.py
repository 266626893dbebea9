"""What is typed when a space is booked, and how it becomes an entry."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from node.bookings.labels import KINDS
from node.bookings.service import BookingEntry, chosen_instead
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.records.bookings import BookingKind, Slot
from shared.records.spaces import CAPACITY_MAX
from shared.time import at_local
from shared.web.forms import DateField, Form, TimeField15, at_most, needed
from shared.web.vocabulary import choices


class BookingForm(Form):
    """`also`: the buttons of the page that offer something else, or only note a request."""

    also = ("instead", "state")

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

    def entry(self, zone: ZoneInfo, event_id: str | None = None) -> BookingEntry:
        """Return what was typed; only after `validate()`."""
        start, end = self._start(), self._end()
        return BookingEntry(
            space_id=self.space_id.data,
            slot=Slot(at_local(start.date(), start.time(), zone), at_local(end.date(), end.time(), zone)),
            kind=self.kind.data,
            title=self.title.data or "",
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_email=self.contact_email.data or "",
            persons=self.persons.data,
            note=self.note.data or "",
            event_id=event_id,
        )

    def _start(self) -> datetime:
        return _wall(self.day.data, self.starts.data)

    def _end(self) -> datetime:
        return _wall(self.ends_on.data or self.day.data, self.ends.data)


class ReasonForm(Form):
    """Why a request is declined or a booking cancelled; it is kept with the booking."""

    reason = StringField(_l("Reason"), [at_most(500)])


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
