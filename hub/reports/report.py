"""A question about the city, and its answer: a table, dated and complete or not.

No web here: texts for people come in as arguments or are added by the views.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.reports import queries
from hub.reports.coverage import Heard, Standings, standings
from hub.reports.periods import Period
from hub.reports.queries import MEASURES, House, Sum
from hub.reports.tables import Layout, Table, by_month, lay_out


@dataclass(frozen=True)
class Scope:
    """Which part of the city a report is of: '' is no narrowing."""

    period: Period
    district: str = ""
    centre_id: str = ""


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

    `unknown` names a key of that way that is not listed.
    """

    months: Sequence[str]
    by_way: Mapping[str, Sequence[tuple[str, str]]]
    unknown: Callable[[str, str], str]


@dataclass(frozen=True)
class Report:
    """An answer: figures in `table`, and in `standings` which centres they are of."""

    question: "Question"
    table: Table
    standings: Standings


@dataclass(frozen=True)
class City:
    """What reports need to know of the city besides its records; read once for all figures of a page."""

    houses: Mapping[str, House]
    expected: Sequence[Heard]
    zone: ZoneInfo
    now: datetime

    def centre_ids(self, scope: Scope) -> Collection[str] | None:
        """Return the centres within the scope, None for the whole city."""
        if not scope.district and not scope.centre_id:
            return None
        return [
            centre_id
            for centre_id, house in self.known.items()
            if scope.centre_id in ("", centre_id) and scope.district in ("", house.district)
        ]

    def expected_in(self, scope: Scope) -> list[Heard]:
        """Return the centres within the scope that should report."""
        within = self.centre_ids(scope)
        return [heard for heard in self.expected if within is None or heard.centre_id in within]

    def houses_in(self, scope: Scope) -> list[House]:
        """Return the centres within the scope: those with a profile first, then those that only joined."""
        within = self.centre_ids(scope)
        return [house for house in self.known.values() if within is None or house.centre_id in within]

    @property
    def known(self) -> dict[str, House]:
        """Every centre by its id; one whose profile has not arrived has the name it joined with."""
        joined = {heard.centre_id: House(heard.centre_id, heard.name, "") for heard in self.expected}
        return {**self.houses, **{key: house for key, house in joined.items() if key not in self.houses}}


def ways(measure: str) -> tuple[str, ...]:
    """Return the ways in which a measure can be split."""
    return ("month", "centre", "district", *MEASURES[measure].keys)


def answer(session: Session, city: City, question: Question, names: Names) -> Report:
    """Return the figures that were asked for, beside those of the period before."""
    period = question.scope.period
    now, before = (_sums(session, city, question, each) for each in (period, period.before))
    bounds = period.bounds(city.zone)
    with_records = {found.centre_id for found in now}
    stand = standings(city.expected_in(question.scope), with_records, bounds[0], bounds[-1], city.now)
    if question.way == "month":
        table = by_month(now, before, names.months, zero_is_known=question.zero_is_known)
    else:
        table = lay_out(now, before, _layout(city, question, names, stand))
    return Report(question, table, stand)


def _sums(session: Session, city: City, question: Question, period: Period) -> list[Sum]:
    measure = MEASURES[question.measure]
    key = question.way if question.way in measure.keys else None
    return queries.sums(session, measure, period.bounds(city.zone), key, city.centre_ids(question.scope))


def _layout(city: City, question: Question, names: Names, stand: Standings) -> Layout:
    row_of: Mapping[str, Callable[[Sum], str]] = {
        "centre": lambda found: found.centre_id,
        "district": lambda found: city.houses[found.centre_id].district if found.centre_id in city.houses else "",
    }
    silent = stand.missing_ids if question.way == "centre" else frozenset[str]()
    return Layout(
        row_of.get(question.way, lambda found: found.key),
        names.by_way[question.way],
        lambda key: names.unknown(question.way, key),
        len(names.months),
        question.zero_is_known,
        silent,
    )
