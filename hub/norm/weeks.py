"""What the weeks of a house have, reckoned from its records whenever one of them changes, and on Mondays.

`hub.core.due` says which house is due; the rules are in `shared.records.norms`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.centres.models import Centre
from hub.norm.models import HouseWeek, OrdinaryWeek
from hub.opening_hours import queries as hours_queries
from hub.programme import queries as programme_queries
from shared.records.norms import Week, nominal_hours, week_of

WEEKS_BEHIND = 4
WEEKS_AHEAD = 8  # this one and seven more
_WEEK, _SIX_DAYS = timedelta(weeks=1), timedelta(days=6)


def monday_of(day: date) -> date:
    """Return the Monday of the week that `day` is in."""
    return day - timedelta(days=day.weekday())


def mondays_around(today: date) -> list[date]:
    """Return the weeks that are kept of each house: some that are over, this one, some to come."""
    return [monday_of(today) + _WEEK * number for number in range(-WEEKS_BEHIND, WEEKS_AHEAD)]


def of_another_week(session: Session, today: date) -> list[str]:
    """Return the houses that were never reckoned, or in another week; on a Monday that is all of them."""
    done = select(OrdinaryWeek.centre_id).where(OrdinaryWeek.monday == monday_of(today))
    return list(session.scalars(select(Centre.centre_id).where(Centre.centre_id.not_in(done)).distinct()))


def reckon(session: Session, centre_id: str, at: datetime, zone: ZoneInfo) -> None:
    """Write down what the weeks of a house have. `zone` is the city's, for a house that names none."""
    zone = centre_queries.zone_of(session, centre_id) or zone
    today = at.astimezone(zone).date()
    mondays = mondays_around(today)
    hours = hours_queries.hours_of(session, centre_id)
    days = programme_queries.weekends_with_events(session, centre_id, mondays[0], mondays[-1] + _SIX_DAYS, zone)
    for table in (HouseWeek, OrdinaryWeek):
        session.execute(delete(table).where(table.centre_id == centre_id))
    ordinary = week_of(monday_of(today), nominal_hours(hours))
    facts = {"centre_id": centre_id, "has_hours": bool(hours), "reckoned_at": at, **_columns(ordinary)}
    session.execute(insert(OrdinaryWeek), [facts])
    weeks = [{"centre_id": centre_id, **_columns(week_of(monday, hours, days))} for monday in mondays]
    session.execute(insert(HouseWeek), weeks)


def week_from(row: Any) -> Week:
    """Return the week that a row of either table tells of."""
    return Week(row.monday, tuple(map(int, row.days)), row.open_min, row.consultation_min, row.has_weekend)


def _columns(week: Week) -> dict[str, Any]:
    return {**week._asdict(), "days": _digits(week.days)}


def _digits(days: Sequence[int]) -> str:
    return "".join(map(str, days))
