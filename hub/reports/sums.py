"""Keeps the sums of the reports right: adds up what is due, and can make everything again.

`catch_up` reads a centre's own records of the months that changed (see `facts`), compares the
sums with those that stand here and writes only the differences; the same differences go into
the sums of its district. One transaction holds all of it, so sums and districts never disagree.
Invariant: with nothing due, every sum is that of the records; `rebuild` gives the same figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, insert, literal, select, text, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.centres.models import Centre
from hub.core.rounds import of_house
from hub.reports.facts import GROUPS, Fact, Facts, Months, WallClock
from hub.reports.models import DistrictSum, ReportDue, ReportPlace, ReportSum
from hub.reports.triggers import ATTENDANCE, BOOKINGS, CENTRES, DAYS, EVENTS, SOURCES, VISITS
from shared.time import YEARS

ONE_AT_A_TIME = 7_347_843_729  # key of PostgreSQL's advisory lock: two programs could add up the same month
ALL_MONTHS = None
_SUMS: Any = ReportSum.__table__
_DISTRICTS: Any = DistrictSum.__table__
_PLACES: Any = ReportPlace.__table__
_DUE: Any = ReportDue.__table__

# Which groups of measures follow from a change of which records. A booking has the theme of its
# event, whenever that is: so all bookings of the centre are looked at when an event changes.
_FOLLOWS: Mapping[str, Mapping[str, bool]] = {  # source -> group -> whether all months are due
    VISITS: {"visits": False},
    DAYS: {"days": False},
    EVENTS: {"programme": False, "bookings": True},
    ATTENDANCE: {"programme": False},
    BOOKINGS: {"bookings": False},
    CENTRES: {},
}


class Place(NamedTuple):
    """Where a centre lies; '' as long as nobody knows."""

    district: str = ""
    quarter: str = ""


def waiting(session: Session, up_to: int = 1_000, without: Set[str] = frozenset()) -> int:
    """Return how many days of centres are due, counting no further than `up_to`."""
    some = select(ReportDue.day).where(ReportDue.centre_id.not_in(without)).limit(up_to)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def catch_up(session: Session, zone: ZoneInfo, at_most: int = 50, without: Set[str] = frozenset()) -> int:
    """Add up again what is due; return how many notes there were. Needs a writing transaction.

    Looks at the centres of the first `at_most` notes: fifty centres with a day each, or one that was away for long;
    at none of `without`. Raises HouseFailed, and then nothing must be kept of it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    due = _take(session, at_most, without)
    clock = WallClock(zone)
    by_centre: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for centre_id, source, day in due:
        by_centre[centre_id].append((source, day))
    places = _places(session, by_centre)
    change: Counter[tuple[str, Fact]] = Counter()
    parts: Counter[tuple[str, Fact]] = Counter()
    for centre_id, noted in by_centre.items():
        here, there = places[centre_id]
        with of_house(centre_id):
            moved = list(_moved(session, centre_id, _groups_due(noted, zone), clock, whole=here != there))
        for fact, (before, after) in moved:
            for place, amount, sign in ((here, before, -1), (there, after, 1)):
                if amount is not None:
                    change[place.district, fact] += sign * amount
                    parts[place.district, fact] += sign
    _change_districts(session, change, parts)
    return len(due)


def rebuild(session: Session) -> int:
    """Make every centre due, with all its months; return how many notes that are. `catch_up` does the rest.

    Reports stay readable meanwhile. `add_up_districts` comes after it.
    """
    notes = [
        select(table.c.centre_id, literal(source))
        for source, table in ((source, ReportSum.metadata.tables[source]) for source in SOURCES)
    ]
    stale = [select(_SUMS.c.centre_id, literal(source)).distinct() for source in SOURCES]
    listed = union(*notes, *stale).subquery()
    session.execute(delete(_DUE))
    whole = select(*listed.c, literal(""))
    session.execute(insert(_DUE).from_select(["centre_id", "source", "day"], whole))
    return session.scalar(select(func.count()).select_from(_DUE)) or 0


def add_up_districts(session: Session) -> None:
    """Make the sums of the districts again from those of the centres."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    session.execute(delete(_DISTRICTS))
    grain = (_SUMS.c.measure, _SUMS.c.way, _SUMS.c.month, _PLACES.c.district, _SUMS.c.key)
    together = (
        select(*grain, func.sum(_SUMS.c.amount), func.count())
        .join(_PLACES, _PLACES.c.centre_id == _SUMS.c.centre_id)
        .group_by(*grain)
    )
    names = ["measure", "way", "month", "district", "key", "amount", "parts"]
    session.execute(insert(_DISTRICTS).from_select(names, together))


def months_of(day: str, zone: ZoneInfo) -> set[int]:
    """Return the months of `zone` that a day of UTC touches: one, or two at their border; none of a far year."""
    if not YEARS[0] <= int(day[:4]) <= YEARS[1]:
        return set()
    starts_at = datetime.combine(date.fromisoformat(day), time(), UTC)
    ends = (starts_at.astimezone(zone), (starts_at + timedelta(days=1, seconds=-1)).astimezone(zone))
    return {local.year * 100 + local.month for local in ends}


def _take(session: Session, at_most: int, without: Set[str]) -> Sequence[Any]:
    """Take notes off the list: of the first centres, all that each of them has, so that its records are read once.

    On PostgreSQL those that a writer holds are left for later.
    """
    first = select(_DUE.c.centre_id).where(_DUE.c.centre_id.not_in(without)).order_by(*_DUE.c).limit(at_most)
    centres = list(dict.fromkeys(session.scalars(first)))
    if not centres:
        return []
    listed = select(_DUE).where(_DUE.c.centre_id.in_(centres)).order_by(*_DUE.c).with_for_update(skip_locked=True)
    due = session.execute(listed).all()
    if due:
        this_one = [column == bindparam(f"its_{column.name}") for column in _DUE.c]
        names = [f"its_{column.name}" for column in _DUE.c]
        keys = [dict(zip(names, row, strict=True)) for row in due]
        session.connection().execute(delete(_DUE).where(*this_one), keys)
    return due


def _groups_due(noted: Iterable[tuple[str, str]], zone: ZoneInfo) -> dict[str, Months | None]:
    """Return which months of which groups are to be added up again."""
    due: dict[str, set[int] | None] = {}
    for source, day in noted:
        for group, all_months in _FOLLOWS.get(source, {}).items():
            known = due.setdefault(group, set())
            if all_months or not day:
                due[group] = ALL_MONTHS
            elif known is not None:
                known |= months_of(day, zone)
    return {
        group: ALL_MONTHS if months is None else frozenset(months)
        for group, months in due.items()
        if months is None or months
    }


def _moved(
    session: Session, centre_id: str, due: Mapping[str, Months | None], clock: WallClock, *, whole: bool
) -> Iterator[tuple[Fact, tuple[int | None, int | None]]]:
    """Write a centre's sums anew; yield each fact with its amount before and after, None where there is none.

    Unchanged ones are left out, unless the centre moved (`whole`): then its district has all of them to change.
    """
    for name, group in GROUPS.items():
        if name not in due and not whole:
            continue
        months = due.get(name, frozenset[int]())
        before = _standing(session, centre_id, group.measures, ALL_MONTHS if whole else months)
        after: Facts = group.read(session, centre_id, months, clock) if name in due else {}
        if months is not ALL_MONTHS:  # what is not due stays as it is
            after = {**{fact: amount for fact, amount in before.items() if fact.month not in months}, **after}
        changed = [fact for fact in before.keys() | after.keys() if before.get(fact) != after.get(fact)]
        _write(session, centre_id, changed, after)
        for fact in before.keys() | after.keys() if whole else changed:
            yield fact, (before.get(fact), after.get(fact))


def _standing(session: Session, centre_id: str, measures: Iterable[str], months: Months | None) -> Facts:
    query = select(_SUMS.c.measure, _SUMS.c.way, _SUMS.c.month, _SUMS.c.key, _SUMS.c.amount).where(
        _SUMS.c.centre_id == centre_id, _SUMS.c.measure.in_(measures)
    )
    if months is not ALL_MONTHS:
        query = query.where(_SUMS.c.month.in_(sorted(months)))
    return {Fact(*fact): amount for *fact, amount in session.execute(query)}


def _write(session: Session, centre_id: str, changed: Iterable[Fact], after: Facts) -> None:
    gone = [fact for fact in changed if fact not in after]
    if gone:
        names = ("centre_id", *Fact._fields)
        this_one = [_SUMS.c[name] == bindparam(f"its_{name}") for name in names]
        keys = [{f"its_{name}": value for name, value in zip(names, (centre_id, *fact), strict=True)} for fact in gone]
        session.connection().execute(delete(_SUMS).where(*this_one), keys)
    rows = [{"centre_id": centre_id, **fact._asdict(), "amount": after[fact]} for fact in changed if fact in after]
    if rows:
        put = _insert(session)(_SUMS)
        put = put.on_conflict_do_update(index_elements=list(_SUMS.primary_key), set_={"amount": put.excluded.amount})
        session.connection().execute(put, rows)


def _change_districts(
    session: Session, change: Mapping[tuple[str, Fact], int], parts: Mapping[tuple[str, Fact], int]
) -> None:
    """Add the differences to the sums of the districts; one that no centre is part of any more goes."""
    rows = [
        {"district": district, **fact._asdict(), "amount": amount, "parts": parts[district, fact]}
        for (district, fact), amount in change.items()
        if amount or parts[district, fact]
    ]
    if not rows:
        return
    put = _insert(session)(_DISTRICTS)
    added = {name: _DISTRICTS.c[name] + put.excluded[name] for name in ("amount", "parts")}
    connection = session.connection()
    connection.execute(put.on_conflict_do_update(index_elements=list(_DISTRICTS.primary_key), set_=added), rows)
    if any(row["parts"] < 0 for row in rows):
        emptied = [
            {f"its_{name}": row[name] for name in ("district", *Fact._fields)} for row in rows if row["parts"] < 0
        ]
        this_one = [_DISTRICTS.c[name] == bindparam(f"its_{name}") for name in ("district", *Fact._fields)]
        connection.execute(delete(_DISTRICTS).where(*this_one, _DISTRICTS.c.parts == 0), emptied)


def _places(session: Session, centre_ids: Iterable[str]) -> dict[str, tuple[Place, Place]]:
    """Return for each centre where its sums stand and where they belong; note the new place."""
    ids = list(centre_ids)
    stored = {row.centre_id: Place(row.district, row.quarter) for row in session.execute(_of(_PLACES, ids))}
    profiles = select(Centre.centre_id, Centre.district, Centre.quarter).order_by(Centre.id.desc())  # the lowest counts
    current = {
        row.centre_id: Place(row.district, row.quarter)
        for row in session.execute(profiles.where(Centre.centre_id.in_(ids)))
    }
    pairs = {centre_id: (stored.get(centre_id, Place()), current.get(centre_id, Place())) for centre_id in ids}
    new = [
        {"centre_id": centre_id, **there._asdict()}
        for centre_id, (here, there) in pairs.items()
        if here != there or centre_id not in stored
    ]
    if new:
        put = _insert(session)(_PLACES)
        settings = {name: put.excluded[name] for name in Place._fields}
        session.connection().execute(put.on_conflict_do_update(index_elements=["centre_id"], set_=settings), new)
    return pairs


def _of(table: Any, centre_ids: list[str]) -> Any:
    return select(table).where(table.c.centre_id.in_(centre_ids))


def _insert(session: Session) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
