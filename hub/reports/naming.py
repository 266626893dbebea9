"""The rows of a report by the names that people know, in the language of the page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from hub.city.queries import Part
from hub.reports.labels import COSTS, KINDS, TARGET_GROUPS
from hub.reports.measures import TIME_WAYS
from hub.reports.periods import Month, Period
from hub.reports.report import City, Names, Scope
from shared.web import vocabulary
from shared.web.filters import month as month_name
from shared.web.filters import short_month


def names(  # noqa: PLR0917 (what the rows of all ways are called)
    city: City,
    measure: str,
    scope: Scope,
    districts: Sequence[str],
    themes: Mapping[str, str],
    quarters: Sequence[Part] = (),
) -> Names:
    """Return what the rows of a report within `scope` are called, by way of splitting."""
    houses = city.houses_in(scope)
    return Names(
        months=[month_name(month.first_day) for month in scope.period.months],
        by_way={
            **{way: _steps(scope.period, way) for way in TIME_WAYS},
            "centre": [(house.centre_id, house.name) for house in houses],
            "district": _places(scope, [house.district for house in houses], districts),
            "quarter": _places(scope, [house.quarter for house in houses], _quarters_in(scope, quarters)),
            "theme": list(themes.items()),
            "kind": _listed(KINDS.get(measure, {})),
            "target_group": [],
            "language": [],
            "cost": _listed(COSTS),
            "place": _listed(vocabulary.ATTENDANCE),
            "weekday": [(str(index), str(name)) for index, name in enumerate(vocabulary.WEEKDAYS)],
            "hour": [],
            "week": [],
        },
        unknown=unknown,
    )


def columns(period: Period) -> list[str]:
    """Return the heads of the columns of time of a table."""
    step = period.usual_step
    if step == "month":
        return [short_month(month.first_day) for month in period.months]
    return [step_name(month, step) for month in period.steps(step)[0]]


def months_of(period: Period) -> str:
    """Return the months of a period, short enough for the head of a column."""
    first, last = (short_month(month.first_day) for month in (period.first, period.last))
    return first if period.first == period.last else f"{first} – {last}"


def step_name(first: Month, step: str) -> str:
    """Return what a stretch of time is called that begins with the month `first`."""
    if step == "year":
        return str(first.year)
    if step == "quarter_of_year":
        return str(_("%(number)s. quarter %(year)s", number=first.quarter, year=first.year))
    return month_name(first.first_day)


def scope_in_words(scope: Scope, city: City) -> str:
    """Return which months and which part of the city a page is of."""
    first, last = (month_name(each.first_day) for each in (scope.period.first, scope.period.last))
    months = first if scope.period.first == scope.period.last else f"{first} – {last}"
    house = city.known.get(scope.centre_id)
    part = house.name if house else scope.quarter or scope.district or _("The whole city")
    return f"{part}, {months}"


def unknown(way: str, key: str) -> str:
    """Return what to call a row that nobody named: what was not given, or is known by its key alone."""
    if way == "target_group":
        return str(TARGET_GROUPS.get(key, key))
    if way == "language" and key:
        return str(vocabulary.LANGUAGES.get(key, key))
    if way == "hour":
        return f"{key}:00–{(int(key) + 1) % 24:02d}:00"
    if key:
        return key
    missing: Mapping[str, Any] = {
        "district": _("District not yet known"),
        "quarter": _("Quarter not yet known"),
        "theme": _("Without a theme"),
    }
    return str(missing.get(way, _("Not stated")))


def _listed(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(key), str(label)) for key, label in words.items()]


def _steps(period: Period, way: str) -> list[tuple[str, str]]:
    return [(str(index), step_name(first, way)) for index, first in enumerate(period.steps(way)[0])]


def _quarters_in(scope: Scope, quarters: Sequence[Part]) -> list[str]:
    return [part.quarter for part in quarters if scope.district in ("", part.district)]


def _places(scope: Scope, of_houses: Iterable[str], listed: Sequence[str]) -> list[tuple[str, str]]:
    """Return the places to show: all of the city (or district), or those of the centres that were asked for."""
    found = set(of_houses)
    narrowed = scope.quarter or scope.centre_id or (scope.district and scope.district in listed)
    return [(name, name) for name in listed if not narrowed or name in found]
