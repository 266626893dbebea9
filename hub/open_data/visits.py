"""Visits as open data: by month and year, district and kind, with small numbers withheld.

Rule: everything that is public about visits comes out of one cube (month, district, kind) with all
its sums, and `suppression` looks at the whole of it: so no table tells what another withholds.
A month is published SETTLED_AFTER its end, a year when its last month is: late corrections,
which show through in the difference of two files, are mostly in by then.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.open_data.columns import Column, Dataset, Frame, Row
from hub.open_data.suppression import Axis, Cell, Mark, sums, suppress
from hub.reports import queries as report_queries
from hub.reports.counting import KNOWN
from hub.reports.labels import KINDS
from hub.reports.periods import MONTHS_MAX, Month, Period, month_of
from hub.reports.queries import Scope
from hub.visits.models import HourCount
from shared.records.visits import VisitKind

SETTLED_AFTER = timedelta(days=14)
CITY, ALL = "alle", "alle"  # the nodes of the sums
UNKNOWN = "unbekannt"  # a house whose profile has not arrived
NOT_COUNTED, WITHHELD = "nicht gezählt", "zurückgehalten"


@dataclass
class Days:
    """How many days should have been counted in a part of the city, and how many were, completely or closed."""

    expected: int = 0
    known: int = 0


@dataclass
class Cube:
    """All counts that can be published, and how complete they are by (month or year, district)."""

    counts: dict[Cell, int]
    axes: list[Axis]
    days: dict[tuple[str, str], Days] = field(default_factory=dict)

    def marks(self, threshold: int) -> dict[Cell, Mark]:
        return suppress(self.counts, self.axes, threshold)


def months(session: Session, frame: Frame) -> list[Month]:
    """Return the months that may be published, the oldest first.

    Old ones go by whole years: the sum of a year must not shrink from month to month.
    """
    first = session.scalar(select(func.min(HourCount.hour_starts_at)))
    if first is None:
        return []
    ends = month_of(frame.now - SETTLED_AFTER, frame.zone)  # the first month that may not
    begins = max(month_of(first, frame.zone), Month(ends.plus(-1).year + 1 - MONTHS_MAX // 12, 1))
    listed = [begins]
    while listed[-1].plus(1) < ends:
        listed.append(listed[-1].plus(1))
    return listed if begins < ends else []


def cube(session: Session, frame: Frame) -> Cube:
    """Read what was counted in all months that may be published."""
    settled = months(session, frame)
    districts = {each.centre_id: each.district for each in report_queries.houses(session).values()}
    counts = _counts(session, settled, {name for name in districts.values() if name})
    parts = sorted({*(name for name in districts.values() if name), *(cell[1] for cell in counts)})
    kinds = sorted({*(str(kind) for kind in VisitKind), *(cell[2] for cell in counts)})
    axes = [_in_time(settled), Axis(dict.fromkeys(parts, (CITY,))), Axis(dict.fromkeys(kinds, (ALL,)))]
    return Cube(counts, axes, _days(session, settled, axes[0]))


def _counts(session: Session, settled: list[Month], districts: set[str]) -> dict[Cell, int]:
    """Return what was counted by month, district and kind; what no district is known of stays under UNKNOWN."""
    counts: dict[Cell, int] = {}
    if not settled:
        return counts
    period = Period(settled[0], settled[-1])
    rest: dict[tuple[int, str], int] = {}
    for found in report_queries.sums(session, ("visits",), "kind", Scope(period)):
        rest[found.month, found.key] = found.amount
    for district in sorted(districts):
        for found in report_queries.sums(session, ("visits",), "kind", Scope(period, district)):
            counts[str(settled[found.month]), district, found.key] = found.amount
            rest[found.month, found.key] -= found.amount
    unknown: dict[Cell, int] = {
        (str(settled[month]), UNKNOWN, kind): amount for (month, kind), amount in rest.items() if amount
    }
    return {**counts, **unknown}


def _in_time(settled: list[Month]) -> Axis:
    """A year is a sum only once it is over: until then its months belong to nothing."""
    whole = {month.year for month in settled if month.number == 12}
    return Axis({str(each): (str(each.year),) if each.year in whole else () for each in settled}, partners=False)


def _days(session: Session, settled: list[Month], times: Axis) -> dict[tuple[str, str], Days]:
    """Read from the kept sums: a thousand houses have two million days in five years."""
    days: dict[tuple[str, str], Days] = defaultdict(Days)
    if not settled:
        return days
    scope = Scope(Period(settled[0], settled[-1]))
    for found in report_queries.centres_by_month(session, "days", "district", scope):
        month = settled[found.month]
        length = (month.plus(1).first_day - month.first_day).days
        for node in product(times.path(str(month)), (found.key or UNKNOWN, CITY)):
            days[node].expected += found.amount * length
    for found in report_queries.sums(session, ("days",), "district", scope, keys=KNOWN):
        for node in product(times.path(str(settled[found.month])), (found.key or UNKNOWN, CITY)):
            days[node].known += found.amount
    return dict(days)


def rows(session: Session, frame: Frame) -> Iterator[Row]:
    """Yield a row for each cell, the latest time first; a sum has "alle" where it adds up."""
    found = cube(session, frame)
    marks = found.marks(frame.terms.threshold)
    every = sums(found.counts, found.axes)
    times, places, kinds = ([*axis.above, *_sums_of(axis)] for axis in found.axes)
    words = {kind: _word(kind) for kind in kinds}
    for time in sorted(times, reverse=True):
        for place, kind in product(places, kinds):
            cell = (time, place, kind)
            counted = (time, place, ALL) in every
            days = found.days.get((time, place), Days())
            shown, note = _shown(every.get(cell, 0), marks.get(cell), frame.terms.threshold, counted=counted)
            yield (
                time,
                "jahr" if len(time) == 4 else "monat",
                place,
                kind,
                words[kind],
                shown,
                note,
                days.expected,
                days.known,
            )


def _sums_of(axis: Axis) -> list[str]:
    return list(dict.fromkeys(node for nodes in axis.above.values() for node in nodes))


def _shown(count: int, mark: Mark | None, threshold: int, *, counted: bool) -> tuple[int | None, str]:
    """Return what the row says: the count, or why there is none."""
    if mark is Mark.SMALL:
        return None, f"weniger als {threshold}"
    if mark is Mark.WITHHELD:
        return None, WITHHELD
    return (count, "") if counted else (None, NOT_COUNTED)


def _word(kind: str) -> str:
    return "alle Arten" if kind == ALL else str(KINDS["visits"].get(kind, kind))


def _covers(session: Session, frame: Frame) -> tuple[date, date] | None:
    settled = months(session, frame)
    return (settled[0].first_day, settled[-1].plus(1).first_day - timedelta(days=1)) if settled else None


VISITS = Dataset(
    key="besuche",
    title=_l("Visits of the centres"),
    about=_l(
        "How often the centres were visited, by month and year, district and kind. Visits are counted, never persons; "
        "small numbers are withheld."
    ),
    rhythm=_l("monthly, two weeks after the end of the month"),
    themes=("SOCI", "GOVE"),
    keywords=("Besuche", "Besuchszählung", "Statistik", "Stadtteilzentrum", "Stadtbezirk"),
    frequency="MONTHLY",
    columns=(
        Column("zeitraum", _l("Month (2026-10) or year (2026)")),
        Column("zeitraum_art", _l("monat or jahr; a year is there once all its months are")),
        Column("stadtbezirk", _l("District; alle is the whole city")),
        Column("art", _l("Kind of visit as a key; alle is the sum of all kinds")),
        Column("art_name", _l("Kind of visit in words")),
        Column("besuche", _l("Number of visits; empty if the note says why")),
        Column(
            "hinweis", _l("weniger als …: small. zurückgehalten: it would reveal a small one. nicht gezählt: unknown")
        ),
        Column("tage_erwartet", _l("Days of all its centres of which a count is expected")),
        Column("tage_bekannt", _l("Of these, days that were counted completely or on which the house was closed")),
    ),
    rows=rows,
    covers=_covers,
    suppressed=True,
)
