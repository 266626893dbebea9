"""Occupancy laid out as people read it: a row for each month, house, district, kind or part of the week."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from hub.occupancy import queries
from hub.occupancy.adding import NOTHING, Amounts
from hub.occupancy.desk import Desk
from hub.occupancy.parts import EVENINGS, WEEKENDS, Part
from hub.occupancy.queries import Sum
from hub.occupancy.wording import PARTS, state_of
from hub.reports.periods import Month, Period
from shared.web.filters import month as month_name
from shared.web.vocabulary import SPACE_KINDS

TIME_WAYS = ("month", "quarter_of_year", "year")


class Figures(NamedTuple):
    """All of the time, and what of it lies in the evening and at the weekend (some is in both)."""

    whole: Amounts = NOTHING
    evening: Amounts = NOTHING
    weekend: Amounts = NOTHING

    def plus(self, amounts: Amounts, part: str) -> "Figures":
        return Figures(
            self.whole.plus(amounts),
            self.evening.plus(amounts) if part in EVENINGS else self.evening,
            self.weekend.plus(amounts) if part in WEEKENDS else self.weekend,
        )


class Row(NamedTuple):
    """A row of the table; `before` and `year_before` are the whole time of those periods."""

    key: str
    name: str
    now: Figures
    before: Amounts
    year_before: Amounts

    @property
    def state(self) -> str:
        """What stands out, in words; '' for nothing."""
        return state_of(self.now.whole)


class Table(NamedTuple):
    rows: Sequence[Row]
    altogether: Row


def table(desk: Desk, way: str) -> Table:
    """Return the occupancy of the desk's period and place, split by `way`."""
    period = desk.period
    now = _figures(desk, way, period, ("part",))
    before = _figures(desk, way, period.before)
    year_before = before if period.year_before == period.before else _figures(desk, way, period.year_before)
    names = dict(_names(desk, way))
    for key in (*now, *before, *year_before):
        names.setdefault(key, _unknown(desk, way, key))
    nothing = Figures()
    rows = [
        Row(key, name, now.get(key, nothing), before.get(key, nothing).whole, year_before.get(key, nothing).whole)
        for key, name in names.items()
    ]
    return Table(rows, _altogether(rows))


def _altogether(rows: Sequence[Row]) -> Row:
    """Return the sum of all rows: every second is in exactly one."""
    everything = Row("", "", Figures(), NOTHING, NOTHING)
    for row in rows:
        now = Figures(*(one.plus(more) for one, more in zip(everything.now, row.now, strict=True)))
        everything = Row("", "", now, everything.before.plus(row.before), everything.year_before.plus(row.year_before))
    return everything


def _figures(desk: Desk, way: str, period: Period, also: Sequence[str] = ()) -> dict[str, Figures]:
    """Return the figures of a period; evenings and weekends only if they are `also` asked for."""
    key_of, found = _sums(desk, way, period, also)
    figures: dict[str, Figures] = {}
    for each in found:
        key = key_of(each)
        figures[key] = figures.get(key, Figures()).plus(each.amounts, each.part)
    return figures


def _sums(desk: Desk, way: str, period: Period, also: Sequence[str]) -> tuple[Callable[[Sum], str], Sequence[Sum]]:
    """Return the sums that a way needs, and where each of them belongs."""
    if way in TIME_WAYS:
        place = {str(month): index for index, month in enumerate(period.months)}
        step = desk.period.steps(way)[1]
        found = queries.sums(desk.session, period, ("month", *also), desk.centre_ids)
        return (lambda each: str(step[place[each.month]])), found
    if way == "kind":
        return (lambda each: each.kind), queries.sums_by_kind(desk.session, period, desk.centre_ids)
    if way == "part":
        return (lambda each: each.part), queries.sums(desk.session, period, ("part",), desk.centre_ids)
    found = queries.sums(desk.session, period, ("centre_id", *also), desk.centre_ids)
    if way == "centre":
        return (lambda each: each.centre_id), found
    return (lambda each: getattr(desk.known.get(each.centre_id), way, "")), found


def _names(desk: Desk, way: str) -> list[tuple[str, str]]:
    """Return the rows that are there even without a figure, in the order to show."""
    if way in TIME_WAYS:
        return [(str(index), step_name(month, way)) for index, month in enumerate(desk.period.steps(way)[0])]
    if way == "part":
        return [(str(part), str(PARTS[part])) for part in Part]
    if way == "centre":
        return [(house.centre_id, house.name) for house in desk.houses.values()]
    if way in ("district", "quarter"):
        listed = desk.choices.districts if way == "district" else [each.quarter for each in desk.choices.quarters]
        present = {getattr(house, way) for house in desk.houses.values()}
        return [(name, name) for name in listed if name in present]
    return []


def _unknown(desk: Desk, way: str, key: str) -> str:
    """Return what to call a row that no list names."""
    labels: Mapping[str, object] = SPACE_KINDS if way == "kind" else {}
    if key:
        return str(labels.get(key, key))
    return str(_("District not yet known") if way == "district" else _("Quarter not yet known"))


def step_name(first: Month, way: str) -> str:
    """Return what a stretch of time is called that begins with the month `first`."""
    if way == "year":
        return str(first.year)
    if way == "quarter_of_year":
        return str(_("%(number)s. quarter %(year)s", number=first.quarter, year=first.year))
    return month_name(first.first_day)
