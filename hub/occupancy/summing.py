"""The job that keeps the sums: what is due is taken off the triggers' list, then added up.

Rule: two short transactions for each house, never one for the city.
- `take_up` moves what is due to the job's own list. What it reads then is no older than the
  change that made it due; whatever changes later makes it due again.
- `work_off` adds up a few months of one house and replaces their rows.
So sums may be late, by seconds, but never wrong for good; and `rebuild`, which only puts
everything on the list, comes to the same figures.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, union
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Session

from hub.core.rounds import of_house
from hub.occupancy import houses
from hub.occupancy.adding import House, add_up, tops
from hub.occupancy.houses import Between
from hub.occupancy.models import (
    OccupancyDue,
    OccupancyHouse,
    OccupancyMonth,
    OccupancyReach,
    OccupancySpan,
    OccupancyToDo,
)
from hub.occupancy.offer import Span
from hub.occupancy.parts import parts_of
from hub.occupancy.triggers import ALWAYS
from hub.reports.periods import Month, parse_month
from hub.spaces.models import Space

MONTHS_AHEAD = 12  # as far as reports look; a series may be booked for a school year
MONTHS_AT_ONCE = 3  # about thirty milliseconds for a house of five spaces
_BELOW_ALL, _ABOVE_ALL = Month(2000, 1), Month(2099, 12)


def waiting(session: Session, first: str = ALWAYS[0], last: str = ALWAYS[1]) -> list[str]:
    """Return the houses of which something in the months `first` to `last` is noted but not yet added up."""
    due = select(OccupancyDue.centre_id).where(OccupancyDue.first <= last, OccupancyDue.last >= first)
    to_do = select(OccupancyToDo.centre_id).where(OccupancyToDo.month >= first, OccupancyToDo.month <= last)
    return list(session.scalars(union(due, to_do).order_by("centre_id")))


def is_idle(session: Session, now: datetime, city_zone: ZoneInfo) -> bool:
    """Tell whether there is nothing to do. Takes no lock."""
    lists = (select(OccupancyDue.centre_id).limit(1), select(OccupancyToDo.centre_id).limit(1))
    return _reach(session) == horizon(now, city_zone) and not any(session.scalar(each) for each in lists)


def horizon(now: datetime, city_zone: ZoneInfo) -> Month:
    """Return the last month that is added up."""
    local = now.astimezone(city_zone)
    return Month(local.year, local.month).plus(MONTHS_AHEAD)


def look_ahead(session: Session, now: datetime, city_zone: ZoneInfo) -> None:
    """Put the months on the list that have come into sight since the last look; at the first one, everything."""
    reach, wanted = _reach(session), horizon(now, city_zone)
    if reach is None:
        rebuild(session)
    elif reach < wanted:
        centre_ids = session.scalars(select(OccupancySpan.centre_id).distinct()).all()
        for centre_id in centre_ids:
            _put_on_list(session, centre_id, _months(reach.plus(1), wanted))
    if reach is None or reach < wanted:
        session.execute(delete(OccupancyReach))
        session.execute(insert(OccupancyReach).values(id=1, last=str(wanted)))


def rebuild(session: Session) -> None:
    """Make every month of every house due; the job does the rest. Figures stay readable meanwhile."""
    for table in (OccupancyDue, OccupancyToDo):
        session.execute(delete(table))
    known = union(*(select(table.centre_id) for table in (Space, OccupancySpan, OccupancyMonth, OccupancyHouse)))
    everyone = [{"centre_id": found} for found in session.scalars(known)]
    if everyone:
        session.execute(insert(OccupancyDue).values(first=str(_BELOW_ALL), last=str(_ABOVE_ALL)), everyone)
    # Months with sums that should have none are not found by what is due.
    added_up = union(*(select(table.centre_id, table.month) for table in (OccupancyMonth, OccupancyHouse)))
    session.execute(insert(OccupancyToDo).from_select(["centre_id", "month"], added_up))


def take_up(session: Session, without: Set[str] = frozenset()) -> str | None:
    """Move what is due of one house, none of `without`, to the job's list; return its id, None if nothing is due.

    On PostgreSQL the noted rows are locked first, and what they are about is read in statements
    of their own; rows that a writer holds are left for later.
    """
    reach = _reach(session)
    centre_id = _any_house(session, OccupancyDue, without)
    if centre_id is None or reach is None:
        return None
    listed = select(OccupancyDue.first, OccupancyDue.last).where(OccupancyDue.centre_id == centre_id)
    due = session.execute(listed.with_for_update(skip_locked=True)).all()
    for first, last in due:
        session.execute(delete(OccupancyDue).where(*_is(OccupancyDue, centre_id=centre_id, first=first, last=last)))
    with of_house(centre_id):
        _put_on_list(session, centre_id, _affected(session, centre_id, [(row[0], row[1]) for row in due], reach))
    return centre_id


def work_off(session: Session, at_most: int = MONTHS_AT_ONCE, without: Set[str] = frozenset()) -> int:
    """Add up to `at_most` months of one house, none of `without`; return how many there were.

    Months that another process works at (a command beside the hub) are left to it.
    """
    centre_id = _any_house(session, OccupancyToDo, without)
    if centre_id is None:
        return 0
    # The latest first: this is what people look at.
    listed = select(OccupancyToDo.month).where(OccupancyToDo.centre_id == centre_id)
    latest = listed.order_by(OccupancyToDo.month.desc()).limit(at_most)
    texts = session.scalars(latest.with_for_update(skip_locked=True)).all()
    for table in (OccupancyToDo, OccupancyMonth, OccupancyHouse):
        session.execute(delete(table).where(table.centre_id == centre_id, table.month.in_(texts)))
    with of_house(centre_id):
        _add_up_all(session, centre_id, sorted(map(_month, texts)))
    return len(texts)


def _any_house(session: Session, listed: type[OccupancyDue | OccupancyToDo], without: Set[str]) -> str | None:
    """Return a house of a list, locked on PostgreSQL; None if there is none beside `without`."""
    others = select(listed.centre_id).where(listed.centre_id.not_in(without))
    return session.scalar(others.order_by(listed.centre_id).limit(1).with_for_update(skip_locked=True))


def _add_up_all(session: Session, centre_id: str, months: Sequence[Month]) -> None:
    zone = houses.zone_of(session, centre_id)
    time = Between(months[0].starts_at(zone), months[-1].plus(1).starts_at(zone))
    house = houses.house_between(session, centre_id, zone, time)
    for month in months:
        _add_up(session, centre_id, house, month)


def _add_up(session: Session, centre_id: str, house: House, month: Month) -> None:
    added = add_up(house, list(parts_of(month.first_day, month.plus(1).first_day, house.zone)))
    key = {"centre_id": centre_id, "month": str(month)}
    of_spaces = [
        {**key, "space_id": line.space_id, "top": line.top, "part": part, **amounts._asdict()}
        for line, by_part in added.items()
        for part, amounts in by_part.items()
    ]
    of_house = [{**key, "part": part, **amounts._asdict()} for part, amounts in tops(added).items()]
    for table, rows in ((OccupancyMonth, of_spaces), (OccupancyHouse, of_house)):
        if rows:
            session.execute(insert(table), rows)


def _affected(session: Session, centre_id: str, due: Iterable[tuple[str, str]], reach: Month) -> set[Month]:
    """Keep the spans of a house's spaces as they are now; return the months to add up again.

    A booking earlier than all others lengthens the time for which a space is known: then every
    month between is another, too.
    """
    before = _spans(session, centre_id)
    after = houses.spans_of(session, centre_id, houses.zone_of(session, centre_id))
    first = min((span.first for span in (*before.values(), *after.values()) if not span.is_empty), default=None)
    if first is None:
        return set()
    _keep_spans(session, centre_id, before, after)
    begins = Month(first.year, first.month)
    stretches = [(max(_month(start), begins), min(_month(end), reach)) for start, end in due]
    stretches += [
        (Month(since.year, since.month), min(Month(until.year, until.month), reach))
        for space_id in before.keys() | after.keys()
        for since, until in _differences(before.get(space_id), after.get(space_id))
    ]
    return {month for since, until in stretches for month in _months(since, until)}


def _differences(one: Span | None, other: Span | None) -> Iterator[Span]:
    """Yield the days that are in one of two spans only (a few too many do no harm)."""
    if one is None or other is None or one.is_empty or other.is_empty:
        yield from (span for span in (one, other) if span and not span.is_empty)
        return
    if one.first != other.first:
        yield Span(min(one.first, other.first), max(one.first, other.first))
    if one.before != other.before:
        yield Span(min(one.before, other.before), max(one.before, other.before))


def _spans(session: Session, centre_id: str) -> dict[str, Span]:
    columns = (OccupancySpan.space_id, OccupancySpan.first_day, OccupancySpan.before_day)
    rows = session.execute(select(*columns).where(OccupancySpan.centre_id == centre_id))
    return {space_id: Span(first, before) for space_id, first, before in rows}


def _keep_spans(session: Session, centre_id: str, before: dict[str, Span], after: dict[str, Span]) -> None:
    if before == after:
        return
    session.execute(delete(OccupancySpan).where(OccupancySpan.centre_id == centre_id))
    rows = [
        {"centre_id": centre_id, "space_id": space_id, "first_day": span.first, "before_day": span.before}
        for space_id, span in after.items()
    ]
    if rows:
        session.execute(insert(OccupancySpan), rows)


def _put_on_list(session: Session, centre_id: str, months: Iterable[Month]) -> None:
    rows = [{"centre_id": centre_id, "month": str(month)} for month in sorted(months)]
    if rows:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        adding: Any = (insert_on_sqlite if on_sqlite else insert_on_postgresql)(OccupancyToDo)
        session.execute(adding.on_conflict_do_nothing(), rows)


def _reach(session: Session) -> Month | None:
    last = session.scalar(select(func.max(OccupancyReach.last)))
    return parse_month(last) if last else None


def _months(first: Month, last: Month) -> Sequence[Month]:
    length = (last.year - first.year) * 12 + last.number - first.number + 1
    return [first.plus(ahead) for ahead in range(length)]


def _month(text: str) -> Month:
    """Return the month of the triggers' list; they write some that no calendar has, for "always"."""
    return parse_month(text) or (_BELOW_ALL if text < str(_BELOW_ALL) else _ABOVE_ALL)


def _is(table: Any, **values: Any) -> Iterator[Any]:
    return (getattr(table, name) == value for name, value in values.items())
