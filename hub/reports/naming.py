"""The rows of a report by the names that people know, in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from hub.reports.labels import KINDS, TARGET_GROUPS
from hub.reports.report import City, Names, Scope
from shared.web.filters import month as month_name


def names(city: City, measure: str, scope: Scope, districts: Sequence[str], themes: Mapping[str, str]) -> Names:
    """Return what the rows of a report within `scope` are called, by way of splitting."""
    houses = city.houses_in(scope)
    return Names(
        months=[month_name(month.first_day) for month in scope.period.months],
        by_way={
            "centre": [(house.centre_id, house.name) for house in houses],
            "district": _districts(scope, [house.district for house in houses], districts),
            "theme": list(themes.items()),
            "kind": [(key, str(label)) for key, label in KINDS.get(measure, {}).items()],
            "target_group": [],
        },
        unknown=unknown,
    )


def scope_in_words(scope: Scope, city: City) -> str:
    """Return which months and which part of the city a page is of."""
    first, last = (month_name(each.first_day) for each in (scope.period.first, scope.period.last))
    months = first if scope.period.first == scope.period.last else f"{first} – {last}"
    house = city.known.get(scope.centre_id)
    part = house.name if house else scope.district or _("The whole city")
    return f"{part}, {months}"


def unknown(way: str, key: str) -> str:
    """Return what to call a row that nobody named: what was not given, or is known by its key alone."""
    if way == "target_group":
        return str(TARGET_GROUPS.get(key, key))
    if key:
        return key
    missing: Mapping[str, Any] = {
        "district": _("District not yet known"),
        "theme": _("Without a theme"),
    }
    return str(missing.get(way, _("Not stated")))


def _districts(scope: Scope, of_houses: Sequence[str], listed: Sequence[str]) -> list[tuple[str, str]]:
    """Return the districts to show: all of the city, or those of the centres that were asked for."""
    narrowed = scope.district or scope.centre_id
    return [(name, name) for name in listed if not narrowed or name in of_houses]
