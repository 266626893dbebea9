"""What a report is of: a period, and if wanted one district or one centre."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from hub.reports.periods import MONTHS_MAX, Month, Period, lately, month_of, parse_month
from shared.web.filters import month as month_name
from shared.web.forms import FilterForm

MONTHS_AHEAD = 12  # bookings and events are known ahead


class QuestionForm(FilterForm):
    """Months are chosen from a list: native month inputs follow the browser's language."""

    names = ("first", "last", "district", "centre")

    first = SelectField(_l("From"), coerce=str)
    last = SelectField(_l("Until"), coerce=str)
    district = SelectField(_l("District"), coerce=str)
    centre = SelectField(_l("Centre"), coerce=str)

    @classmethod
    def of_city(
        cls, districts: list[str], centres: list[tuple[str, str]], now: datetime, zone: ZoneInfo
    ) -> "QuestionForm":
        """Return the form of this request; a field that was left out takes the usual."""
        usual = lately(now, zone)
        form = cls(data={"first": str(usual.first), "last": str(usual.last), "district": "", "centre": ""})
        form.first.choices = form.last.choices = _months(month_of(now, zone))
        form.district.choices = [("", _("All districts")), *((name, name) for name in districts)]
        form.centre.choices = [("", _("All centres")), *centres]
        return form

    def validate_last(self, control: Any) -> None:
        first, last = parse_month(self.first.data or ""), parse_month(control.data or "")
        if first and last and not first <= last < first.plus(MONTHS_MAX):
            raise ValidationError(
                _("Please choose a month that is not before the first, and at most three years after it.")
            )


def _months(running: Month) -> list[tuple[str, str]]:
    """Return the months to choose from, the latest first."""
    listed = [running.plus(step) for step in range(MONTHS_AHEAD, 1 - MONTHS_MAX - MONTHS_AHEAD, -1)]
    return [(str(month), month_name(month.first_day)) for month in listed]


def period_of(form: QuestionForm, now: datetime, zone: ZoneInfo) -> Period:
    """Return the period that was asked for, or the usual one if it is impossible."""
    first, last = parse_month(form.first.data or ""), parse_month(form.last.data or "")
    if form.first.errors or form.last.errors or first is None or last is None:
        return lately(now, zone)
    return Period(first, last)
