"""What is typed about a series of bookings, and what is chosen for single dates of it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from node.bookings.forms import BookingForm, ReasonForm, field_of_item, fields_of, of_equipment
from node.bookings.labels import CANCEL_REASONS
from node.bookings.series import SeriesEntry, Wishes
from node.bookings.series_outlook import place_of
from node.series.forms import RepeatFields, next_day, repeat_fields_of
from node.series.models import BookingSeries
from node.series.recurrence import Pattern
from node.series.steps import Wish
from shared.web.forms import options

CHOICE = "wahl-"  # with the day after it: the name of what is chosen for one date


class SeriesForm(RepeatFields, BookingForm):
    """A booking that repeats. `step`: look ahead, go back to the form, or write."""

    also = ("step", "state", "show")

    keep_own = BooleanField(
        _l("Leave dates as they are that were changed on their own"),
        default=True,
        description=_l("They are shown in the preview either way."),
    )

    def entry_of_series(self, zone: ZoneInfo, before: BookingSeries | None = None) -> SeriesEntry:
        """Return what was typed; only after `validate()`. What the form does not show stays as `before` has it."""
        starts, ends = self._start(), self._end()
        rule = self.rule(starts.date(), before.pattern.rule if before else None)
        pattern = Pattern(rule, starts, ends, zone).settled()
        names = ("contact_name", "contact_phone", "contact_email", "note", "tenant_id")
        kept = {name: getattr(before, name) for name in names if before is not None and name not in self}
        return SeriesEntry(pattern=pattern, said=self.entry(zone, **kept), skips=self.kinds_left_out())

    def typed(self) -> list[tuple[str, str]]:
        """Return every field that came with the request, to carry it through the preview."""
        return [
            (field.name, value)
            for field in self
            for value in request.form.getlist(field.name)
            if field.name != "csrf_token"
        ]

    def chosen_days(self) -> list[tuple[str, str]]:
        """Return what was chosen for each date (day, value), so that it survives the way back to the form."""
        return [(name.removeprefix(CHOICE), value) for name, value in request.form.items() if name.startswith(CHOICE)]

    def _unknown(self) -> list[str]:
        return [name for name in super()._unknown() if not name.startswith((CHOICE, "item_"))]


def with_equipment(items: Mapping[str, str]) -> type[SeriesForm]:
    """Return the form with a field for each of `items` (id -> label)."""
    return type("SeriesFormWithEquipment", (SeriesForm, of_equipment(items)), {})


class CancelSeriesForm(ReasonForm):
    """Why the coming dates are cancelled."""

    usual = SelectField(
        _l("Reason"),
        default="",
        choices=lambda: options([("", _("in my own words")), *((str(each), each) for each in CANCEL_REASONS)]),
    )
    also_own = BooleanField(_l("Also cancel dates that were changed on their own"), default=True)


def wishes_of(form: Iterable[tuple[str, str]], zone: ZoneInfo) -> Wishes:
    """Return what was chosen for each date; nonsense and "as planned" choose nothing."""
    found: dict[date, Any] = {}
    for name, value in form:
        day = _day(name.removeprefix(CHOICE)) if name.startswith(CHOICE) else None
        wish = Wish(value) if value in set(Wish) else place_of(value, zone)
        if day is not None and wish is not None:
            found[day] = wish
    return found


def fields_of_series(entry: SeriesEntry, zone: ZoneInfo, from_day: date) -> dict[str, Any]:
    """Return the values with which a form shows a series whose dates from `from_day` on are changed."""
    first = next_day(entry.pattern, from_day)
    pattern = entry.pattern.beginning(first)
    shown = fields_of(entry.said, zone)
    ends_on = pattern.ends.date() if pattern.ends.date() != pattern.starts.date() else None
    times = {"day": first, "starts": pattern.starts.time(), "ends": pattern.ends.time(), "ends_on": ends_on}
    repeat = repeat_fields_of(entry.pattern, entry.skips, from_day)
    along = {field_of_item(item_id): count for item_id, count in (entry.said.equipment or {}).items()}
    return shown | times | repeat | along | {"fee_class_id": entry.said.fee_class_id or ""}


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None
