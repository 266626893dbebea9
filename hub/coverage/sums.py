"""How many offers each house has for whom: reckoned from its events when they change, and on Mondays.

`hub.core.due` says which house is due. What counts: published dates that begin in the period. A
date for nobody in particular is for everyone.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.centres.models import Centre
from hub.coverage.models import Aspect, OfferSum, Period, PlaceSum, ReckonedHouse
from hub.network import queries as network_queries
from hub.programme.models import Event
from shared.records.events import EventState
from shared.time import at_local

WEEKS = 8
EVERYONE = "everyone"
NOT_SAID = ""  # the key of offers that do not say their language
_KEY_LENGTH_MAX = 40
_RECKONED = (
    ReckonedHouse.centre_id,
    ReckonedHouse.monday,
    ReckonedHouse.district,
    ReckonedHouse.quarter,
    ReckonedHouse.counts,
)
_READ = (Event.id, Event.series_id, Event.theme, Event.target_groups, Event.languages, Event.accessibility)


def monday_of(day: date) -> date:
    """Return the Monday of the week that `day` is in."""
    return day - timedelta(days=day.weekday())


def days_of(period: Period, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period, both included."""
    monday, length = monday_of(today), timedelta(weeks=WEEKS)
    first = monday if period == Period.COMING else monday - length
    return first, first + length - timedelta(days=1)


def interval_of(period: Period, today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a period as the half-open interval [start, end) in UTC."""
    first, last = days_of(period, today)
    return at_local(first, time(), zone), at_local(last + timedelta(days=1), time(), zone)


def stale(session: Session, today: date) -> list[str]:
    """Return the houses that no trigger notes: never reckoned, of another week, or gone from the network since."""
    reckoned = {row.centre_id: (row.monday, row.counts) for row in session.execute(select(*_RECKONED))}
    gone = network_queries.revoked(session)
    monday = monday_of(today)
    known = set(session.scalars(select(Centre.centre_id))) | reckoned.keys()
    return [one for one in known if reckoned.get(one) != (monday, one not in gone)]


def reckon(session: Session, centre_id: str, at: datetime, zone: ZoneInfo) -> None:
    """Write down the sums of a house for both periods, and those of its place. `zone` is the city's."""
    today = at.astimezone(zone).date()
    before = session.execute(select(*_RECKONED).where(ReckonedHouse.centre_id == centre_id)).one_or_none()
    house = centre_queries.places(session, [centre_id])[centre_id]  # one without a profile is nowhere
    counts = centre_id not in network_queries.revoked(session)
    for table in (OfferSum, ReckonedHouse):
        session.execute(delete(table).where(table.centre_id == centre_id))
    periods = Period if counts else ()
    rows = [row for period in periods for row in _sums(session, centre_id, period, interval_of(period, today, zone))]
    if rows:
        session.execute(insert(OfferSum), rows)
    place = (house.district, house.quarter)
    facts = {"district": place[0], "quarter": place[1], "counts": counts, "reckoned_at": at}
    session.execute(insert(ReckonedHouse), [{"centre_id": centre_id, "monday": monday_of(today), **facts}])
    for each in {place, (before.district, before.quarter)} if before else {place}:
        _add_up(session, *each)


def _add_up(session: Session, district: str, quarter: str) -> None:
    """Write down the sums of a place anew: those of the houses that are reckoned there."""
    this_one = (PlaceSum.district == district) & (PlaceSum.quarter == quarter)
    session.execute(delete(PlaceSum).where(this_one))
    houses = select(ReckonedHouse.centre_id).where(ReckonedHouse.district == district, ReckonedHouse.quarter == quarter)
    by = (OfferSum.period, OfferSum.aspect, OfferSum.theme, OfferSum.key)
    sums = (func.sum(OfferSum.dates), func.sum(OfferSum.offers))
    found = select(literal(district), literal(quarter), *by, *sums).where(OfferSum.centre_id.in_(houses)).group_by(*by)
    names = ("district", "quarter", "period", "aspect", "theme", "key", "dates", "offers")
    session.execute(insert(PlaceSum).from_select(names, found))


def _sums(
    session: Session, centre_id: str, period: Period, interval: tuple[datetime, datetime]
) -> Iterator[dict[str, Any]]:
    counted: dict[tuple[str, str, str], list[str]] = {}  # of which offer each date is
    query = select(*_READ).where(
        Event.centre_id == centre_id,
        Event.state == EventState.PUBLISHED,
        Event.starts_at >= interval[0],
        Event.starts_at < interval[1],
    )
    for event in session.execute(query):
        for aspect, key in _keys(event):
            counted.setdefault((aspect, event.theme, key), []).append(event.series_id or event.id)
    for (aspect, theme, key), offers in counted.items():
        place = {"period": period.value, "aspect": aspect, "theme": theme, "key": key, "centre_id": centre_id}
        yield {**place, "dates": len(offers), "offers": len(set(offers))}


def _keys(event: Any) -> Iterator[tuple[str, str]]:
    """Yield what a date counts with: once with all, once with each target group, language and feature."""
    yield Aspect.ALL.value, ""
    yield from _each(Aspect.GROUP, event.target_groups or (EVERYONE,))
    yield from _each(Aspect.LANGUAGE, event.languages or (NOT_SAID,))
    yield from _each(Aspect.ACCESS, event.accessibility)


def _each(aspect: Aspect, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    for key in dict.fromkeys(key[:_KEY_LENGTH_MAX] for key in keys):
        yield aspect.value, key
