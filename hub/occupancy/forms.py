"""What a page of occupancy is of: months, a part of the city, and which rooms.

The names in the address are those of the reports, so that a link keeps its period and place.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, ValidationError
from wtforms.validators import NumberRange, Optional

from hub.city.queries import Part as Place
from hub.occupancy.summing import MONTHS_AHEAD
from hub.reports.periods import MONTHS_MAX, Month, Period, lately, month_of, parse_month
from shared.records.spaces import CAPACITY_MAX
from shared.web.filters import month as month_name
from shared.web.forms import FilterForm
from shared.web.vocabulary import SPACE_KINDS


class Choices(NamedTuple):
    """What can be chosen: districts, quarters, and centres by id and name."""

    districts: Sequence[str]
    quarters: Sequence[Place]
    centres: Sequence[tuple[str, str]]


class OccupancyForm(FilterForm):
    """Months are chosen from a list: native month inputs follow the browser's language."""

    names = ("first", "last", "district", "quarter", "centre", "kind", "seats")

    first = SelectField(_l("From"), coerce=str)
    last = SelectField(_l("Until"), coerce=str)
    district = SelectField(_l("District"), coerce=str)
    quarter = SelectField(_l("Quarter"), coerce=str)
    centre = SelectField(_l("Centre"), coerce=str)
    kind = SelectField(_l("Kind of space"), coerce=str)
    seats = IntegerField(_l("Persons, at least"), [Optional(), NumberRange(1, CAPACITY_MAX)])

    @classmethod
    def of_city(cls, choices: Choices, now: datetime, zone: ZoneInfo) -> "OccupancyForm":
        """Return the form of this request, validated; a field that was left out takes the usual."""
        usual = lately(now, zone)
        form = cls(data={"first": str(usual.first), "last": str(usual.last)})
        form.first.choices = form.last.choices = _months(month_of(now, zone))
        form.district.choices = [("", _("All districts")), *((name, name) for name in choices.districts)]
        within = [each.quarter for each in choices.quarters if (form.district.data or "") in ("", each.district)]
        form.quarter.choices = [("", _("All quarters")), *((name, name) for name in within)]
        form.centre.choices = [("", _("All centres")), *choices.centres]
        form.kind.choices = [("", _("All kinds")), *((str(key), str(label)) for key, label in SPACE_KINDS.items())]
        for control in (form.district, form.quarter, form.centre, form.kind):
            control.data = control.data or ""
        form.validate()
        return form

    def validate_last(self, control: Any) -> None:
        first, last = parse_month(self.first.data or ""), parse_month(control.data or "")
        if first and last and not first <= last < first.plus(MONTHS_MAX):
            raise ValidationError(
                _("Please choose a month that is not before the first, and at most five years after it.")
            )

    def period(self, now: datetime, zone: ZoneInfo) -> Period:
        """Return the months that were asked for, or the usual ones if they are impossible."""
        first, last = parse_month(self.first.data or ""), parse_month(self.last.data or "")
        if self.first.errors or self.last.errors or first is None or last is None:
            return lately(now, zone)
        return Period(first, last)

    def asked(self, name: str) -> Any:
        """Return what was chosen; what does not exist is no choice at all."""
        return None if self[name].errors else self[name].data or None


class Preset(NamedTuple):
    """A period that people ask for often, as the months of its address."""

    label: str
    first: str
    last: str


def presets(now: datetime, zone: ZoneInfo) -> Iterator[Preset]:
    """Yield periods that are over, or nearly: days to come are open but seldom booked yet."""
    running = month_of(now, zone)
    quarter, year = Month(running.year, 3 * running.quarter - 2), Month(running.year, 1)
    for label, first, length in (
        (_("Last month"), running.plus(-1), 1),
        (_("This quarter"), quarter, 3),
        (_("Last quarter"), quarter.plus(-3), 3),
        (_("This year"), year, 12),
        (_("Last year"), year.plus(-12), 12),
    ):
        yield Preset(label, str(first), str(first.plus(length - 1)))


def _months(running: Month) -> list[tuple[str, str]]:
    """Return the months to choose from, the latest first."""
    listed = [running.plus(step) for step in range(MONTHS_AHEAD, 1 - MONTHS_MAX - MONTHS_AHEAD, -1)]
    return [(str(month), month_name(month.first_day)) for month in listed]
