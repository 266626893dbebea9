"""What staff say about those who use rooms again and again, and what these say for themselves."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from node.bookings.service import Period, TenantEntry, chosen_instead
from shared.records.base import TITLE_LENGTH_MAX
from shared.records.bookings import BookingKind, Slot
from shared.records.spaces import CAPACITY_MAX
from shared.time import at_local
from shared.web.forms import DateField, Form, TimeField15, at_most, needed
from shared.web.vocabulary import choices

HOURS_MAX = 744  # a month of 31 days
_HOURS = [Optional(), NumberRange(1, HOURS_MAX, _l("Please enter a number of hours, or nothing."))]


_HOW: dict[str, Any] = {
    BookingKind.SELF_MANAGED: _l("We open and close by ourselves"),
    BookingKind.RENTAL: _l("We rent the space"),
}


class QuotaForm(Form):
    """At most so many hours; an empty field is no limit."""

    hours_week = IntegerField(_l("Hours a week at most"), _HOURS)
    hours_month = IntegerField(_l("Hours a month at most"), _HOURS)

    def hours(self) -> dict[str, int | None]:
        """Return the hours for each period."""
        return {Period.WEEK: self.hours_week.data, Period.MONTH: self.hours_month.data}


class TenantForm(QuotaForm):
    """A group or a person who comes again."""

    name = StringField(_l("Name of the group or person"), [needed(), at_most(TITLE_LENGTH_MAX)])
    contact_name = StringField(_l("Contact person"), [at_most(TITLE_LENGTH_MAX)])
    contact_phone = StringField(_l("Phone"), [at_most(80)])
    contact_email = StringField(_l("E-mail"), [at_most(TITLE_LENGTH_MAX)])
    account_id = SelectField(
        _l("Account"), default="", description=_l("With it they see their own bookings and ask for dates themselves.")
    )
    active = BooleanField(_l("Is still coming"), default=True)

    def entry(self) -> TenantEntry:
        """Return what was typed."""
        return TenantEntry(
            name=self.name.data,
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_email=self.contact_email.data or "",
            account_id=self.account_id.data or None,
            active=bool(self.active.data),
        )


class AskForm(Form):
    """A tenant asks for a date."""

    also = ("instead",)

    space_id = SelectField(_l("Space"), [needed(_l("Please choose a space."))])
    day = DateField(_l("Day"), [needed(_l("Please choose a day."))])
    starts = TimeField15(_l("From"), [needed(_l("Please choose when it begins."))])
    ends = TimeField15(_l("Until"), [needed(_l("Please choose when it ends."))])
    title = StringField(_l("What for"), [needed(_l("Please say what for.")), at_most(TITLE_LENGTH_MAX)])
    kind = SelectField(
        _l("How"),
        choices=choices(_HOW),
        default=BookingKind.SELF_MANAGED,
    )
    persons = IntegerField(_l("Number of people"), [Optional(), NumberRange(1, CAPACITY_MAX)])
    note = TextAreaField(_l("Note to the house"), [at_most(2000)])
    accepts = BooleanField(_l("I have read the house rules and accept them."))

    def take_instead(self, chosen: str | None) -> None:
        """Put the time that was clicked into the form that came with it."""
        for name, value in chosen_instead(chosen).items():
            if name != "ends_on":
                self[name].data = value

    def slot(self, zone: ZoneInfo) -> Slot:
        """Return the time that is asked for; an end at or before the beginning is the next day."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        assert isinstance(day, date)
        assert isinstance(starts, time)
        assert isinstance(ends, time)
        last = day if ends > starts else day + timedelta(days=1)
        return Slot(at_local(day, starts, zone), at_local(last, ends, zone))


class WithdrawForm(Form):
    """Why a tenant cancels."""

    why = StringField(_l("Reason"), [at_most(400)])
