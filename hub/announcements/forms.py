"""The form of an announcement: its text, and the local days and hours between which it shows."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Optional

from hub.announcements.models import Announcement
from hub.announcements.service import AnnouncementEntry
from shared.records.base import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from shared.time import at_local
from shared.web import zone
from shared.web.forms import DateField, Form, TimeField15, at_most, needed


class AnnouncementForm(Form):
    """No last day means: until it is taken back."""

    title = StringField(_l("Title"), [needed(), at_most(TITLE_LENGTH_MAX)])
    body = TextAreaField(_l("Text"), [at_most(TEXT_LENGTH_MAX)])
    for_public = BooleanField(_l("Also for residents, on the public pages"))
    from_day = DateField(_l("Shows from (day)"), [needed()])
    from_time = TimeField15(_l("Shows from (time)"))
    until_day = DateField(_l("Shows until (day)"), [Optional()])
    until_time = TimeField15(_l("Shows until (time)"), empty=_l("end of the day"))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.until_time.data is not None and not self.until_day.data and not self.until_day.errors:
            self.until_day.errors = [gettext("Please add the day, or choose “end of the day”.")]
            return False
        return valid

    def begin(self, day: date, wall: time) -> None:
        """Offer a beginning; for an empty form."""
        self.from_day.process_data(day)
        self.from_time.process_data(wall)

    def show(self, announcement: Announcement) -> None:
        """Fill in what is stored; for a form that was not sent."""
        self.title.data, self.body.data = announcement.title, announcement.body
        self.for_public.data = announcement.for_public
        self.from_day.data, self.from_time.data = _local(announcement.shows_from)
        if announcement.shows_until is not None:
            self.until_day.data, self.until_time.data = _local(announcement.shows_until)

    @property
    def entry(self) -> AnnouncementEntry:
        """What was written; the form is valid."""
        from_day: date | None = self.from_day.data
        assert from_day is not None, "validate() refuses a form without it"
        until_day, until_time = self.until_day.data, self.until_time.data
        until = at_local(until_day, until_time or time(23, 59, 59), zone()) if until_day else None
        return AnnouncementEntry(
            title=self.title.data,
            body=self.body.data or "",
            for_public=bool(self.for_public.data),
            shows_from=at_local(from_day, self.from_time.data or time(), zone()),
            shows_until=until,
        )


def _local(instant: datetime) -> tuple[Any, time | None]:
    """Return day and time as the form asks for them; the last second of a day is its end."""
    local = instant.astimezone(zone())
    wall = local.time().replace(tzinfo=None)
    return local.date(), None if wall == time(23, 59, 59) else wall.replace(second=0)
