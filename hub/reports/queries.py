"""Reads the kept sums (see `sums`): of the city, a district, a quarter or a centre, by month and one more key.

The city and its districts are read from the sums of the districts, which are a few thousand rows
a year however many centres there are; a quarter or a centre from those of the centres.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from hub.centres import queries as centres
from hub.reports.measures import CLOCK_WAYS, MANY_KEYS, PLACE_WAYS, TIME_WAYS
from hub.reports.models import DistrictSum, ReportDue, ReportPlace, ReportSum
from hub.reports.periods import Period

__all__ = [
    "MANY_KEYS",
    "House",
    "Scope",
    "Sum",
    "centres_adding_up",
    "centres_by_month",
    "centres_with",
    "houses",
    "sums",
]


class Sum(NamedTuple):
    """What belongs to one row (`key`) and one month of the period, by its index from 0."""

    key: str
    month: int
    amount: int


class House(NamedTuple):
    """A centre as reports name it; `district` is '' until its profile has arrived."""

    centre_id: str
    name: str
    district: str
    quarter: str = ""


@dataclass(frozen=True)
class Scope:
    """Which part of the city a report is of: '' is no narrowing."""

    period: Period
    district: str = ""
    centre_id: str = ""
    quarter: str = ""

    @property
    def is_whole_city(self) -> bool:
        return not (self.district or self.quarter or self.centre_id)


def sums(  # noqa: PLR0917 (a question with all its parts)
    session: Session,
    measures: Collection[str],
    way: str,
    scope: Scope,
    period: Period | None = None,
    keys: Collection[str] = (),
    *,
    by_month: bool = True,
) -> list[Sum]:
    """Add up what is kept of `measures` in the scope's place and in `period` (the scope's, if none is given).

    `way` says what the rows are; of time all are '', with their months apart. `keys` (of the
    stored way "state") narrows what is added up. `by_month` False puts all months into index 0.
    """
    period = period or scope.period
    of_centres = _is_of_centres(way, scope)
    table: Any = ReportSum if of_centres else DistrictSum
    row = _row(table, way)
    month: Any = table.month if by_month else literal(0)
    query = select(row.label("row"), month.label("at"), func.sum(table.amount)).where(
        table.measure.in_(measures),
        table.way == ("state" if keys else _stored(way)),
        table.month.between(period.first.as_number, period.last.as_number),
    )
    if keys:
        query = query.where(table.key.in_(keys))
    query = _placed(query, scope) if of_centres else query.where(*_in_district(scope))
    index = {each.as_number: place for place, each in enumerate(period.months)} if by_month else {0: 0}
    rows = session.execute(query.group_by("row", "at"))
    return [Sum(key, index[at], int(amount)) for key, at, amount in rows]


def centres_by_month(session: Session, measure: str, way: str, scope: Scope) -> list[Sum]:
    """Return how many centres of each row (of place, or '' for all) have something of a measure in each month."""
    of_centres = _is_of_centres(way, scope)
    table: Any = ReportSum if of_centres else DistrictSum
    many: Any = func.count() if of_centres else func.sum(DistrictSum.parts)
    query = select(_row(table, way).label("row"), table.month.label("at"), many).where(
        table.measure == measure,
        table.way == "",
        table.month.between(scope.period.first.as_number, scope.period.last.as_number),
    )
    query = _placed(query, scope) if of_centres else query.where(*_in_district(scope))
    index = {each.as_number: place for place, each in enumerate(scope.period.months)}
    return [Sum(key, index[at], int(number)) for key, at, number in session.execute(query.group_by("row", "at"))]


def _is_of_centres(way: str, scope: Scope) -> bool:
    return way in ("centre", "quarter") or bool(scope.quarter or scope.centre_id)


def _row(table: Any, way: str) -> Any:
    if way in ("", *TIME_WAYS):
        return literal("")
    if way in PLACE_WAYS:
        if way == "centre" or table is DistrictSum:
            return getattr(table, "centre_id" if way == "centre" else way)
        place = select(getattr(ReportPlace, way)).where(ReportPlace.centre_id == ReportSum.centre_id)
        return place.correlate(ReportSum).scalar_subquery()
    if way in CLOCK_WAYS:
        return {
            "weekday": func.substr(table.key, 1, 1),
            "hour": func.substr(table.key, 3, 2),
            "week": table.key,
        }[way]
    return table.key


def _stored(way: str) -> str:
    if way in TIME_WAYS or way in PLACE_WAYS:
        return ""
    return "week" if way in CLOCK_WAYS else way


def _placed(query: Select[Any], scope: Scope) -> Select[Any]:
    """Narrow a query of centres' sums to the scope's place.

    As a list of centres, not as a join: SQLite would read all sums and look for the place of each.
    """
    wanted = {"district": scope.district, "quarter": scope.quarter, "centre_id": scope.centre_id}
    places = [getattr(ReportPlace, name) == value for name, value in wanted.items() if value]
    return query.where(ReportSum.centre_id.in_(select(ReportPlace.centre_id).where(*places)))


def _in_district(scope: Scope) -> list[ColumnElement[bool]]:
    return [DistrictSum.district == scope.district] if scope.district else []


def centres_with(session: Session, measures: Collection[str], period: Period, among: Iterable[str]) -> set[str]:
    """Return those of the centres `among` of which anything of `measures` is kept in the period."""
    rows = session.scalars(
        select(ReportSum.centre_id)
        .where(
            ReportSum.centre_id.in_(list(among)),
            ReportSum.measure.in_(measures),
            ReportSum.way == "",
            ReportSum.month.between(period.first.as_number, period.last.as_number),
        )
        .distinct()
    )
    return set(rows)


def centres_adding_up(session: Session, scope: Scope) -> int:
    """Return of how many centres something in the period changed that the sums do not hold yet."""
    first, last = scope.period.first.first_day, scope.period.last.plus(1).first_day
    touched = or_(
        ReportDue.day == "",
        ReportDue.day.between((first - timedelta(days=1)).isoformat(), last.isoformat()),
    )
    query = select(func.count(ReportDue.centre_id.distinct())).where(touched)
    if not scope.is_whole_city:
        query = query.outerjoin(ReportPlace, ReportPlace.centre_id == ReportDue.centre_id)
        wanted = {"district": scope.district, "quarter": scope.quarter}
        for name, value in wanted.items():
            if value:
                query = query.where(getattr(ReportPlace, name) == value)
        if scope.centre_id:
            query = query.where(ReportDue.centre_id == scope.centre_id)
    return session.scalar(query) or 0


def houses(session: Session) -> dict[str, House]:
    """Return the centres whose profile has arrived, by id."""
    return {row.centre_id: House(row.centre_id, row.name, row.district, row.quarter) for row in centres.listed(session)}
