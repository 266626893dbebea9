"""What is typed about a series of events: an event, and how it repeats."""

from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from node.bookings.series_forms import CHOICE
from node.programme.event_forms import CancelForm
from node.programme.forms import EventForm, fields_of
from node.programme.series import EventSeriesEntry
from node.series.forms import RepeatFields, next_day, repeat_fields_of
from node.series.models import EventSeries
from node.series.recurrence import Pattern

WRITE, PUBLISH, BACK = "write", "publish", "form"


class EventSeriesForm(RepeatFields, EventForm):
    """An event that repeats. `step`: look ahead (nothing), go back to the form, write, write and publish."""

    also: ClassVar[Sequence[str]] = ("step", "instead", "publish", "origin")

    keep_own = BooleanField(
        _l("Leave dates as they are that were changed on their own"),
        default=True,
        description=_l("They are shown in the preview either way."),
    )

    def entry_of_series(self, zone: ZoneInfo, before: EventSeries | None = None) -> EventSeriesEntry:
        """Return what was typed; only after `validate()`."""
        starts, ends = self._start(), self._end()
        rule = self.rule(starts.date(), before.pattern.rule if before else None)
        pattern = Pattern(rule, starts, ends, zone).settled()
        return EventSeriesEntry(pattern=pattern, said=self.entry(zone), skips=self.kinds_left_out())

    def typed(self) -> list[tuple[str, str]]:
        """Return every field that came with the request, to carry it through the preview."""
        return [
            (field.name, value)
            for field in self
            for value in request.form.getlist(field.name)
            if field.name != "csrf_token"
        ]

    def _unknown(self) -> list[str]:
        return [name for name in super()._unknown() if not name.startswith(CHOICE)]


class CancelSeriesForm(CancelForm):
    also_own = BooleanField(_l("Also cancel dates that were changed on their own"), default=True)


def fields_of_series(entry: EventSeriesEntry, zone: ZoneInfo, from_day: Any) -> dict[str, Any]:
    """Return the values with which a form shows a series whose dates from `from_day` on are changed."""
    first = next_day(entry.pattern, from_day)
    pattern = entry.pattern.beginning(first)
    said = entry.said.at(pattern.slot_on(pattern.starts.date()), zone)
    ends_on = pattern.ends.date() if pattern.ends.date() != pattern.starts.date() else None
    times = {"day": first, "starts": pattern.starts.time(), "ends": pattern.ends.time(), "ends_on": ends_on}
    return fields_of(said, zone) | times | repeat_fields_of(entry.pattern, entry.skips, from_day)
