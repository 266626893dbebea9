"""What a report is of: a period, and if wanted one district, quarter or centre."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from hub.city.queries import Part
from hub.reports.periods import MONTHS_MAX, Month, Period, lately, month_of, parse_month
from hub.reports.report import City, Scope
from shared.web.filters import month as month_name
from shared.web.forms import FilterForm

MONTHS_AHEAD = 12  # bookings and events are known ahead
CENTRES_LISTED_MAX = 120  # more than that nobody finds in a list: choose the district first


class QuestionForm(FilterForm):
    """Months are chosen from a list: native month inputs follow the browser's language."""

    names = ("first", "last", "district", "quarter", "centre")

    first = SelectField(_l("From"), coerce=str)
    last = SelectField(_l("Until"), coerce=str)
    district = SelectField(_l("District"), coerce=str)
    quarter = SelectField(_l("Quarter"), coerce=str)
    centre = SelectField(_l("Centre"), coerce=str)

    @classmethod
    def of_city(cls, districts: Sequence[str], quarters: Sequence[Part], city: City) -> "QuestionForm":
        """Return the form of this request, validated; a field that was left out takes the usual."""
        usual = lately(city.now, city.zone)
        nowhere = {"district": "", "quarter": "", "centre": ""}
        form = cls(data={"first": str(usual.first), "last": str(usual.last), **nowhere})
        form.first.choices = form.last.choices = _months(month_of(city.now, city.zone))
        form.district.choices = [("", _("All districts")), *((name, name) for name in districts)]
        within = [part.quarter for part in quarters if (form.district.data or "") in ("", part.district)]
        form.quarter.choices = [("", _("All quarters")), *((name, name) for name in within)]
        form.centre.choices = [("", _("All centres")), *_centres(city, form)]
        form.validate()
        return form

    def validate_last(self, control: Any) -> None:
        first, last = parse_month(self.first.data or ""), parse_month(control.data or "")
        if first and last and not first <= last < first.plus(MONTHS_MAX):
            raise ValidationError(
                _("Please choose a month that is not before the first, and at most five years after it.")
            )

    def scope(self, city: City) -> Scope:
        """Return what was asked for; a place that does not exist is none at all."""
        places = {name: self[name] for name in ("district", "quarter", "centre")}
        asked = {name: "" if control.errors else control.data or "" for name, control in places.items()}
        return Scope(_period_of(self, city.now, city.zone), asked["district"], asked["centre"], asked["quarter"])


class Preset(NamedTuple):
    """A period that people ask for often, as the months of its address."""

    label: str
    first: str
    last: str


def presets(now: datetime, zone: ZoneInfo) -> Iterator[Preset]:
    """Yield the running month, quarter and year, and those before them."""
    running = month_of(now, zone)
    quarter = Month(running.year, 3 * running.quarter - 2)
    year = Month(running.year, 1)
    for label, first, length in (
        (_("This month"), running, 1),
        (_("Last month"), running.plus(-1), 1),
        (_("This quarter"), quarter, 3),
        (_("Last quarter"), quarter.plus(-3), 3),
        (_("This year"), year, 12),
        (_("Last year"), year.plus(-12), 12),
        (_("Three years"), year.plus(-24), 36),
    ):
        yield Preset(label, str(first), str(first.plus(length - 1)))


def _centres(city: City, form: QuestionForm) -> list[tuple[str, str]]:
    """Return the centres to choose from: those of the district or quarter, if there are too many for a list."""
    district, quarter, chosen = (form[name].data or "" for name in ("district", "quarter", "centre"))
    houses = list(city.known.values())
    if len(houses) > CENTRES_LISTED_MAX:
        houses = [
            house
            for house in houses
            if house.centre_id == chosen
            or ((district or quarter) and district in ("", house.district) and quarter in ("", house.quarter))
        ]
    return [(house.centre_id, house.name) for house in houses]


def _months(running: Month) -> list[tuple[str, str]]:
    """Return the months to choose from, the latest first."""
    listed = [running.plus(step) for step in range(MONTHS_AHEAD, 1 - MONTHS_MAX - MONTHS_AHEAD, -1)]
    return [(str(month), month_name(month.first_day)) for month in listed]


def _period_of(form: QuestionForm, now: datetime, zone: ZoneInfo) -> Period:
    """Return the period that was asked for, or the usual one if it is impossible."""
    first, last = parse_month(form.first.data or ""), parse_month(form.last.data or "")
    if form.first.errors or form.last.errors or first is None or last is None:
        return lately(now, zone)
    return Period(first, last)
