"""What other rooms ask about occupancy: sums by centre, month, part of the week, kind of space.

From sums that a job keeps (see `summing`), so a year of a thousand houses takes milliseconds;
`adding_up` tells of which houses something is not in them yet. Houses are added up in space hours:
a hall and its halves are one (see `offer`).
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from hub.occupancy import summing
from hub.occupancy.adding import NOTHING, Amounts
from hub.occupancy.models import OccupancyHouse, OccupancyMonth, OccupancySpan, Seconds
from hub.occupancy.offer import Span
from hub.occupancy.parts import EVENINGS_AND_WEEKENDS, WEEKENDS
from hub.reports.periods import Period
from hub.spaces.models import Space

_DIMENSIONS = ("centre_id", "month", "part")


class Sum(NamedTuple):
    """What was added up under these keys; a key that was not asked for is ''. `month` reads `2026-11`."""

    amounts: Amounts
    centre_id: str = ""
    month: str = ""
    part: str = ""
    kind: str = ""


class SpaceSum(NamedTuple):
    """The own time of a space in one part of the week: of a half, the half's."""

    centre_id: str
    space_id: str
    part: str
    amounts: Amounts


class SpaceFacts(NamedTuple):
    """What pages say of a space, and since when it counts."""

    centre_id: str
    space_id: str
    name: str
    kind: str
    capacity: int
    bookable: bool
    span: Span


class Compared(NamedTuple):
    """Space hours of a period beside those of earlier ones."""

    now: Amounts
    before: Amounts
    year_before: Amounts


def sums(
    session: Session,
    period: Period,
    by: Collection[str] = ("month",),
    centre_ids: Collection[str] | None = None,
    parts: Collection[str] | None = None,
) -> list[Sum]:
    """Return the space hours of a period by any of `centre_id`, `month` and `part`; None narrows nothing.

    Houses and months without any open or used time have no row.
    """
    keys = [name for name in _DIMENSIONS if name in by]
    columns: list[Any] = [getattr(OccupancyHouse, name) for name in keys]
    query = _narrowed(select(*_added(OccupancyHouse), *columns), OccupancyHouse, period, centre_ids, parts)
    rows = session.execute(query.group_by(*columns) if columns else query)
    return [Sum(_amounts(row), **dict(zip(keys, row[4:], strict=True))) for row in rows if row[0] is not None]


def sums_by_kind(session: Session, period: Period, centre_ids: Collection[str] | None = None) -> list[Sum]:
    """Return the space hours of a period by kind of space and part of the week, each in its whole's kind.

    Added up by space first, so that the kind of a space is looked up once and not for each month.
    """
    keys = (OccupancyMonth.centre_id, OccupancyMonth.space_id, OccupancyMonth.part)
    added = [column.label(name) for name, column in zip(Amounts._fields, _added(OccupancyMonth), strict=True)]
    query = _narrowed(select(*added, *keys).where(OccupancyMonth.top), OccupancyMonth, period, centre_ids)
    of_space = query.group_by(*keys).cte().prefix_with("MATERIALIZED")
    by_kind = select(*(func.sum(of_space.c[name]) for name in Amounts._fields), of_space.c.part, Space.kind)
    by_kind = by_kind.join(Space, (Space.centre_id == of_space.c.centre_id) & (Space.id == of_space.c.space_id))
    rows = session.execute(by_kind.group_by(Space.kind, of_space.c.part))
    return [Sum(_amounts(row), part=row.part, kind=row.kind) for row in rows]


def sums_of_spaces(session: Session, period: Period, centre_ids: Collection[str] | None = None) -> list[SpaceSum]:
    """Return the own time of each space in a period; parts of a whole have theirs, so these don't add up."""
    keys = (OccupancyMonth.centre_id, OccupancyMonth.space_id, OccupancyMonth.part)
    query = _narrowed(select(*_added(OccupancyMonth), *keys), OccupancyMonth, period, centre_ids)
    rows = session.execute(query.group_by(*keys))
    return [SpaceSum(row.centre_id, row.space_id, row.part, _amounts(row)) for row in rows]


def evenings_and_weekends(
    session: Session, period: Period, centre_ids: Collection[str] | None = None
) -> dict[tuple[str, str], tuple[Amounts, Amounts]]:
    """Return the own time of spaces on weekday evenings and at weekends, by centre and space; no hour is in both."""
    weekend = case((OccupancyMonth.part.in_(WEEKENDS), 1), else_=0).label("weekend")
    keys = (OccupancyMonth.centre_id, OccupancyMonth.space_id, weekend)
    query = select(*_added(OccupancyMonth), *keys).group_by(*keys)
    found: dict[tuple[str, str], tuple[Amounts, Amounts]] = {}
    for row in session.execute(_narrowed(query, OccupancyMonth, period, centre_ids, EVENINGS_AND_WEEKENDS)):
        key = (row.centre_id, row.space_id)
        evening, weekends = found.get(key, (NOTHING, NOTHING))
        found[key] = (evening, _amounts(row)) if row.weekend else (_amounts(row), weekends)
    return found


def spaces(session: Session, centre_ids: Collection[str] | None = None) -> list[SpaceFacts]:
    """Return the spaces that the sums know, each house's in its own order."""
    on_offer = (OccupancySpan.centre_id == Space.centre_id) & (OccupancySpan.space_id == Space.id)
    facts = (Space.centre_id, Space.id, Space.name, Space.kind, Space.capacity, Space.bookable)
    query = select(*facts, OccupancySpan.first_day, OccupancySpan.before_day).join(OccupancySpan, on_offer)
    if centre_ids is not None:
        query = query.where(Space.centre_id.in_(centre_ids))
    rows = session.execute(query.order_by(Space.centre_id, Space.rank, Space.name, Space.id))
    return [SpaceFacts(*row[:6], Span(*row[6:])) for row in rows]


def compared(session: Session, period: Period, centre_ids: Collection[str] | None = None) -> Compared:
    """Return the space hours of a period, of the one before and of a year before, altogether."""
    periods = (period, period.before, period.year_before)
    return Compared(*(_altogether(sums(session, each, (), centre_ids)) for each in periods))


def adding_up(session: Session, period: Period, centre_ids: Collection[str] | None = None) -> list[str]:
    """Return the houses of which something of the period is not in the sums yet."""
    found = summing.waiting(session, str(period.first), str(period.last))
    return [centre_id for centre_id in found if centre_ids is None or centre_id in centre_ids]


def _altogether(found: Sequence[Sum]) -> Amounts:
    return found[0].amounts if found else NOTHING


def _added(table: type[Seconds]) -> Sequence[Any]:
    return [func.sum(getattr(table, name)) for name in Amounts._fields]


def _amounts(row: Any) -> Amounts:
    return Amounts(*map(int, row[:4]))


def _narrowed(
    query: Select[Any],
    table: Any,
    period: Period,
    centre_ids: Collection[str] | None,
    parts: Collection[str] | None = None,
) -> Select[Any]:
    if centre_ids is None:
        query = query.where(table.month >= str(period.first), table.month <= str(period.last))
    else:  # month by month, so that SQLite passes over the other houses of each
        query = query.where(table.month.in_(map(str, period.months)), table.centre_id.in_(centre_ids))
    return query if parts is None else query.where(table.part.in_(list(parts)))
