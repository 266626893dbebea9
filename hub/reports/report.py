"""A question about the city, and its answer: a table, dated and complete or not.

No web here: texts for people come in as arguments or are added by the views.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.reports import queries
from hub.reports.counting import Counting, counting, incomplete_places
from hub.reports.coverage import Heard, Standing, Standings, standing, standings
from hub.reports.measures import MANY_KEYS, MEASURES, PLACE_WAYS, TIME_WAYS, ways
from hub.reports.periods import Period
from hub.reports.queries import House, Scope
from hub.reports.receipts import Punctuality, punctuality
from hub.reports.tables import Found, Layout, Row, Table, lay_out, shares

__all__ = ["City", "Names", "Question", "Report", "Scope", "answer", "completeness", "ways"]


@dataclass(frozen=True)
class Question:
    """What is added up, split in which way, of which part of the city."""

    measure: str
    way: str
    scope: Scope

    @property
    def zero_is_known(self) -> bool:
        return MEASURES[self.measure].zero_is_known


@dataclass(frozen=True)
class Names:
    """What rows are called: `by_way` lists (key, name) of each way to split, in the order to show.

    Of the ways of time (month, quarter of the year, year) the keys are the indexes of the rows.
    `unknown` names a key of that way that is not listed.
    """

    months: Sequence[str]
    by_way: Mapping[str, Sequence[tuple[str, str]]]
    unknown: Callable[[str, str], str]


@dataclass(frozen=True)
class Completeness:
    """How complete the figures of a scope are: which centres, which months in time, which days counted.

    `adding_up` is the number of centres of which something came in a moment ago.
    """

    standings: Standings
    punctuality: Punctuality
    counting: Counting
    adding_up: int


@dataclass(frozen=True)
class Report:
    """An answer: figures in `table`, and in `standings` which centres they are of.

    `folded` is the same table with columns of quarters or years where the period has many
    months; `columns` names its columns. It is `table` itself for a short period.
    """

    question: Question
    table: Table
    standings: Standings
    completeness: Completeness
    folded: Table
    columns: Sequence[str] = ()


@dataclass(frozen=True)
class City:
    """What reports need to know of the city besides its records; read once for all figures of a page."""

    houses: Mapping[str, House]
    expected: Sequence[Heard]
    zone: ZoneInfo
    now: datetime

    def centre_ids(self, scope: Scope) -> Collection[str] | None:
        """Return the centres within the scope, None for the whole city."""
        if scope.is_whole_city:
            return None
        return {house.centre_id for house in self.houses_in(scope)}

    def expected_in(self, scope: Scope) -> list[Heard]:
        """Return the centres within the scope that should report."""
        within = self.centre_ids(scope)
        return [heard for heard in self.expected if within is None or heard.centre_id in within]

    def houses_in(self, scope: Scope) -> list[House]:
        """Return the centres within the scope: those with a profile first, then those that only joined."""
        return [
            house
            for house in self.known.values()
            if scope.centre_id in ("", house.centre_id)
            and scope.district in ("", house.district)
            and scope.quarter in ("", house.quarter)
        ]

    @cached_property
    def known(self) -> dict[str, House]:
        """Every centre by its id; one whose profile has not arrived has the name it joined with."""
        joined = {heard.centre_id: House(heard.centre_id, heard.name, "") for heard in self.expected}
        return {**self.houses, **{key: house for key, house in joined.items() if key not in self.houses}}


def completeness(session: Session, city: City, scope: Scope) -> Completeness:
    """Return how complete all figures of the scope are."""
    expected = city.expected_in(scope)
    ids = {heard.centre_id for heard in expected}
    bounds = scope.period.bounds(city.zone)
    unheard = [
        heard.centre_id
        for heard in expected
        if standing(heard, bounds[0], bounds[-1], city.now, has_records=False) == Standing.MISSING
    ]
    with_records = queries.centres_with(session, list(MEASURES), scope.period, unheard) if unheard else set()
    return Completeness(
        standings(expected, with_records, bounds[0], bounds[-1], city.now),
        punctuality(session, None if scope.is_whole_city else ids, scope.period, city.now, city.zone),
        counting(session, scope, city.now, city.zone),
        queries.centres_adding_up(session, scope),
    )


def answer(  # noqa: PLR0917 (the last two spare work that the page has done)
    session: Session,
    city: City,
    question: Question,
    names: Names,
    whole: Completeness | None = None,
    columns: Sequence[str] = (),
) -> Report:
    """Return the figures that were asked for, beside those of the period and of the year before.

    `whole` is the completeness of the scope where the caller knows it already; `columns` names
    the columns of a long period.
    """
    whole = whole or completeness(session, city, question.scope)
    measure = MEASURES[question.measure]
    above = _found(session, question, measure.above)
    below = _found(session, question, measure.below) if measure.is_share else None
    period = question.scope.period
    table = _table(question, names, whole.standings, above, below, "month")
    folded = (
        table
        if period.usual_step == "month"
        else _table(question, names, whole.standings, above, below, period.usual_step)
    )
    if question.measure == "visits":
        short = _short_rows(session, question, city, whole, table)
        table, folded = (_marked(each, short, whole) for each in (table, folded))
    return Report(question, table, whole.standings, whole, folded, columns or names.months)


def _found(session: Session, question: Question, measures: Collection[str]) -> tuple[Found, Found]:
    """Return the sums by the rows of the question, and those of everything."""
    scope, way = question.scope, question.way
    months = way in TIME_WAYS
    found = [
        queries.sums(session, measures, way, scope, period, by_month=by_month)
        for period, by_month in (
            (scope.period, True),
            (scope.period.before, months),
            (scope.period.year_before, months),
        )
    ]
    rows = Found(*found)
    if way not in MANY_KEYS:
        return rows, rows
    everything = [queries.sums(session, measures, "", scope, period) for period in _periods(scope.period)]
    return rows, Found(*everything)


def _periods(period: Period) -> tuple[Period, Period, Period]:
    return period, period.before, period.year_before


def _table(  # noqa: PLR0917 (a table of a share has two halves)
    question: Question,
    names: Names,
    stand: Standings,
    above: tuple[Found, Found],
    below: tuple[Found, Found] | None,
    step: str,
) -> Table:
    layout = _layout(question, names, stand, step)
    if below is None:
        return lay_out(*above, layout)
    layout = replace(layout.listing(above[0], below[0]), zero_is_known=True, silent=())
    return shares(lay_out(*above, layout), lay_out(*below, layout))


def _layout(question: Question, names: Names, stand: Standings, step: str) -> Layout:
    way, period = question.way, question.scope.period
    columns, column_of = period.steps(step)
    rows = period.steps(way)[1] if way in TIME_WAYS else []
    return Layout(
        names=names.by_way[way],
        unknown=lambda key: names.unknown(way, key),
        columns=len(columns),
        column_of=lambda month: column_of[month],
        row_of=lambda found: str(rows[found.month]) if rows else found.key,
        zero_is_known=question.zero_is_known,
        silent=stand.missing_ids if way == "centre" else frozenset[str](),
    )


def _short_rows(session: Session, question: Question, city: City, whole: Completeness, table: Table) -> set[str]:
    """Return the rows whose visits are "at least": not all days were counted, or a centre did not report all."""
    way, scope = question.way, question.scope
    if way in PLACE_WAYS:
        silent = [city.known[heard.centre_id] for heard in (*whole.standings.late, *whole.standings.missing)]
        field = "centre_id" if way == "centre" else way
        rows = {str(getattr(house, field)) for house in silent}
        return rows | incomplete_places(session, way, scope, city.now, city.zone)
    if way in TIME_WAYS and whole.standings.whole:
        places = scope.period.steps(way)[1]
        return {str(places[month]) for month in whole.counting.incomplete_months}
    return set() if _is_exact(whole) else {row.key for row in table.rows}


def _is_exact(whole: Completeness) -> bool:
    return whole.counting.is_complete and not (whole.standings.late or whole.standings.missing)


def _marked(table: Table, short: Collection[str], whole: Completeness) -> Table:
    def mark(row: Row, *, at_least: bool) -> Row:
        return replace(row, at_least=True) if at_least and row.total is not None else row

    rows = (mark(row, at_least=row.key in short) for row in table.rows)
    return Table(tuple(rows), mark(table.sum_row, at_least=not _is_exact(whole)))
