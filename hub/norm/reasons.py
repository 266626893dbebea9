"""Why the weeks of a house stand as they do: its records asked again, for the few houses on a page.

The same rules with the same words as in the house itself. The hub knows no days that a house
noted only for itself, so a reason may lack such a name; the verdict does not depend on it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hub.centres import queries as centre_queries
from hub.holidays import queries as holiday_queries
from hub.norm.queries import norm
from hub.norm.weeks import monday_of
from hub.opening_hours import queries as hours_queries
from hub.programme import queries as programme_queries
from shared.records.norms import Verdict, judge_nominal, judge_week
from shared.records.opening_hours import closures

_SIX_DAYS = timedelta(days=6)


class Told(NamedTuple):
    """The ordinary week of a house and the real ones asked for, each with its reasons."""

    has_hours: bool
    ordinary: Verdict
    weeks: tuple[Verdict, ...]


def told(
    session: Session, centre_id: str, mondays: Sequence[date], today: date, zone: ZoneInfo, *, language: str = "de"
) -> Told:
    """Hold the weeks from `mondays` on, in their order, against the norm. `zone` is the city's."""
    expected = norm(session)
    own_zone = centre_queries.zone_of(session, centre_id) or zone
    hours = hours_queries.hours_of(session, centre_id, language)
    first, last = mondays[0], mondays[-1] + _SIX_DAYS
    known = holiday_queries.holidays_between(
        session, first, last, centre_queries.region_of(session, centre_id), language=language
    )
    known = sorted(
        [*known, *closures(hours, first, last)], key=lambda one: (one.first_day, one.last_day, one.kind, one.name)
    )
    days = programme_queries.weekends_with_events(session, centre_id, first, last, own_zone)
    return Told(
        bool(hours),
        judge_nominal(expected, monday_of(today), hours),
        tuple(judge_week(expected, monday, hours, known, days) for monday in mondays),
    )
