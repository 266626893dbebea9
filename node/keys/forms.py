"""What is typed about keys: what they open, who gets one, how a group left the house."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from node.keys.service import HandoverEntry, KeyRingEntry
from shared.records.base import TITLE_LENGTH_MAX
from shared.time import at_local
from shared.web.forms import DateField, Form, TagsField, TimeField15, at_most, needed
from shared.web.vocabulary import choices

COPIES_MAX = 500


class KeyForm(Form):
    """A key or a ring of keys."""

    label = StringField(
        _l("Label"),
        [needed(), at_most(TITLE_LENGTH_MAX)],
        description=_l("What stands on it, for example: hall, ring 2."),
    )
    copies = IntegerField(
        _l("How many of it"), [NumberRange(1, COPIES_MAX, _l("Please enter a number from 1."))], default=1
    )
    opens = TagsField(_l("Opens"), description=_l("Nothing chosen: the front door only."))
    note = StringField(_l("Note"), [at_most(500)])
    in_use = BooleanField(_l("In use"), default=True)

    def entry(self) -> KeyRingEntry:
        """Return what was typed."""
        return KeyRingEntry(
            label=self.label.data,
            opens=tuple(self.opens.data or ()),
            copies=self.copies.data or 1,
            note=self.note.data or "",
            in_use=bool(self.in_use.data),
        )


class HandOutForm(Form):
    """Who gets a key, and until when."""

    key_id = SelectField(_l("Key"))
    holder_name = StringField(_l("Who gets it"), [needed(_l("Please enter a name.")), at_most(TITLE_LENGTH_MAX)])
    holder_phone = StringField(_l("Phone"), [at_most(80)])
    due_on = DateField(_l("Back on"), [Optional()], description=_l("Leave empty if it stays for longer."))
    due = TimeField15(_l("Back at"), empty=_l("end of the day"))

    def entry(self, zone: ZoneInfo, **of_booking: Any) -> HandoverEntry:
        """Return what was typed; `of_booking` are the ids of the booking and its tenant."""
        return HandoverEntry(
            holder_name=self.holder_name.data,
            holder_phone=self.holder_phone.data or "",
            due_at=self._due_at(zone),
            **of_booking,
        )

    def _due_at(self, zone: ZoneInfo) -> datetime | None:
        day: Any = self.due_on.data
        if day is None:
            return None
        if self.due.data is None:
            return at_local(day + timedelta(days=1), datetime.min.time(), zone)
        return at_local(day, self.due.data, zone)


class OpenedForm(Form):
    """When a group opened; an empty time is now."""

    opened = TimeField15(_l("Opened at"), empty=_l("now"))


class ClosedForm(Form):
    """When a group closed and how it left the house; an empty time is now."""

    closed = TimeField15(_l("Closed at"), empty=_l("now"))
    in_order = RadioField(
        _l("How was it left?"),
        choices=choices({"yes": _l("Everything in order"), "no": _l("Not everything in order")}),
        default="yes",
    )
    left_how = StringField(_l("What happened"), [at_most(500)])

    def validate_left_how(self, field: Any) -> None:
        """What was not in order is said in words."""
        if self.in_order.data == "no" and not field.data:
            raise ValidationError(_("Please say in a few words what was not in order."))
