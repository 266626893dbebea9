"""Links from one report to others: the same question about another place, period or way of splitting."""

from collections.abc import Iterator
from typing import NamedTuple

from flask import request
from flask_babel import gettext as _

from hub.reports.forms import QuestionForm
from hub.reports.measures import PLACE_WAYS, TIME_WAYS
from hub.reports.report import City, Question, Scope

_NEXT_PLACE = {"district": "quarter", "quarter": "centre", "centre": "month"}
_FINER = {"year": "quarter_of_year", "quarter_of_year": "month"}


class Step(NamedTuple):
    """A larger part of the city that the page's is in; `changes` are those of its address."""

    name: str
    changes: dict[str, str | None]


def address(**changes: str | None) -> dict[str, str]:
    """Return the query of this page with `changes`, for a link to the same period and part; None drops a field."""
    changed = {**request.args.to_dict(), **changes}
    return {key: value for key, value in changed.items() if value and key in ("by", *QuestionForm.names)}


def deeper(question: Question, key: str) -> dict[str, str] | None:
    """Return the query of the report about a row alone: its quarters, centres or months; None if none is."""
    way, scope = question.way, question.scope
    if way in PLACE_WAYS and key:
        return address(**{way: key, "by": _NEXT_PLACE[way]})
    if way in TIME_WAYS and len(scope.period.months) > 1:
        _starts, places = scope.period.steps(way)
        months = [month for month, place in zip(scope.period.months, places, strict=True) if str(place) == key]
        by = _FINER.get(
            way, "month" if scope.centre_id else "centre" if scope.quarter or scope.district else "district"
        )
        return address(first=str(months[0]), last=str(months[-1]), by=by)
    return None


def higher(scope: Scope, city: City) -> Iterator[Step]:
    """Yield the larger parts of the city around the scope's, the largest first; nothing for the whole city."""
    if scope.is_whole_city:
        return
    house = city.known.get(scope.centre_id)
    district = scope.district or (house.district if house else "")
    quarter = scope.quarter or (house.quarter if house else "")
    alone: dict[str, str | None] = {"district": None, "quarter": None, "centre": None}
    yield Step(_("The whole city"), {**alone, "by": "district"})
    if district and (scope.quarter or scope.centre_id):
        yield Step(district, {**alone, "district": district, "by": "quarter"})
    if quarter and scope.centre_id:
        yield Step(quarter, {**alone, "district": district, "quarter": quarter, "by": "centre"})
