"""What every page of occupancy works with: the question, the houses it is of, how complete they are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.centres import queries as centres
from hub.city import queries as city
from hub.network import queries as network
from hub.occupancy import queries
from hub.occupancy.forms import Choices, OccupancyForm
from hub.reports.coverage import Heard, Standings, standings
from hub.reports.periods import Period
from shared.web.filters import month as month_name


class House(NamedTuple):
    """A centre as pages name it; district and quarter are '' until its profile has arrived."""

    centre_id: str
    name: str
    district: str = ""
    quarter: str = ""


@dataclass(frozen=True)
class Desk:
    """A question about the city at a time, and its session to answer it from."""

    session: Session
    form: OccupancyForm
    choices: Choices
    known: Mapping[str, House]
    expected: list[Heard]
    now: datetime
    zone: ZoneInfo

    @cached_property
    def period(self) -> Period:
        return self.form.period(self.now, self.zone)

    @cached_property
    def houses(self) -> dict[str, House]:
        """The centres that the question is of."""
        wanted = {name: self.form.asked(name) for name in ("centre", "district", "quarter")}
        return {
            centre_id: house
            for centre_id, house in self.known.items()
            if wanted["centre"] in (None, centre_id)
            and wanted["district"] in (None, house.district)
            and wanted["quarter"] in (None, house.quarter)
        }

    @property
    def centre_ids(self) -> Collection[str] | None:
        """The same for a query; None is the whole city, those included that nobody knows any more."""
        narrowed = any(self.form.asked(name) for name in ("centre", "district", "quarter"))
        return list(self.houses) if narrowed else None

    @property
    def is_running(self) -> bool:
        """Whether some days of the period are still to come."""
        return self.period.ends_at(self.zone) > self.now

    @cached_property
    def adding_up(self) -> list[str]:
        """The names of the houses of which something is not in the sums yet."""
        found = queries.adding_up(self.session, self.period, self.centre_ids)
        return sorted(self.known[each].name if each in self.known else each for each in found)

    def standings(self, with_records: Collection[str]) -> Standings:
        """Return which of the houses should be in the figures, and which are."""
        expected = [heard for heard in self.expected if heard.centre_id in self.houses]
        bounds = self.period.bounds(self.zone)
        return standings(expected, with_records, bounds[0], bounds[-1], self.now)

    @property
    def in_words(self) -> str:
        """What part of the city, and which months."""
        first, last = (month_name(each.first_day) for each in (self.period.first, self.period.last))
        months = first if self.period.first == self.period.last else f"{first} – {last}"
        return f"{self.place}, {months}"

    @property
    def place(self) -> str:
        centre_id = self.form.asked("centre")
        house = self.known.get(centre_id) if centre_id else None
        return house.name if house else self.form.asked("quarter") or self.form.asked("district") or _("The whole city")


def desk(session: Session, now: datetime, zone: ZoneInfo) -> Desk:
    """Return the desk of this request."""
    expected = [Heard(*each) for each in network.expected_centres(session)]
    known = {heard.centre_id: House(heard.centre_id, heard.name) for heard in expected}
    for row in centres.listed(session):
        known[row.centre_id] = House(row.centre_id, row.name, row.district, row.quarter)
    known = dict(sorted(known.items(), key=lambda item: (item[1].name.casefold(), item[0])))
    by_name = [(house.centre_id, house.name) for house in known.values()]
    choices = Choices(city.districts(session), city.quarters(session), by_name)
    return Desk(session, OccupancyForm.of_city(choices, now, zone), choices, known, expected, now, zone)
