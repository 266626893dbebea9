"""How this house stands to the city's opening norm: the ordinary week, and each real one.

The rules are in `shared.records.norms`; here is only what they need to know of the house.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from node.holidays import service as holidays
from node.norm.models import OpeningNorm
from node.opening_hours import service as opening_hours
from node.programme import service as programme
from shared.records.norms import WEEKEND, Norm, Verdict, judge_nominal, judge_week
from shared.time import local_day

WEEKS_AHEAD = 12
WEEKS_BEHIND = 12
_WEEK = timedelta(weeks=1)


class Standing(NamedTuple):
    """The norm, the ordinary week, and the real weeks: coming ones (this week first), past ones (latest first)."""

    norm: Norm
    from_city: bool
    has_hours: bool
    nominal: Verdict
    coming: tuple[Verdict, ...]
    past: tuple[Verdict, ...]


def norm(session: Session) -> Norm:
    """Return what the city expects; until it has said so, what the first city does."""
    return Norm.of(_record(session))


def nominal(session: Session, today: date) -> Verdict:
    """Hold the ordinary week of this house against the norm."""
    return judge_nominal(norm(session), _monday(today), opening_hours.list_hours(session))


def standing(session: Session, today: date, zone: ZoneInfo, language: str = "de") -> Standing:
    """Return how the house stands, with the reason for each shortfall."""
    this_week = _monday(today)
    record = _record(session)
    mondays = [this_week + _WEEK * number for number in range(-WEEKS_BEHIND, WEEKS_AHEAD)]
    hours = opening_hours.hours_in_force(session, language)
    first, last = mondays[0], mondays[-1] + timedelta(days=6)
    known = holidays.holidays_between(session, first, last, language=language)
    event_days = _weekends_with_events(session, first, last, zone)
    expected = Norm.of(record)
    judged = [judge_week(expected, monday, hours, known, event_days) for monday in mondays]
    return Standing(
        norm=expected,
        from_city=record is not None,
        has_hours=bool(hours),
        nominal=judge_nominal(expected, this_week, hours),
        coming=tuple(judged[WEEKS_BEHIND:]),
        past=tuple(reversed(judged[:WEEKS_BEHIND])),
    )


def _weekends_with_events(session: Session, first: date, last: date, zone: ZoneInfo) -> set[date]:
    """Return the Saturdays and Sundays on which a published event begins."""
    start, end = local_day(first, zone)[0], local_day(last, zone)[1]
    days = (_day(event.starts_at, zone) for event in programme.published_between(session, start, end))
    return {day for day in days if day.weekday() in WEEKEND}


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _record(session: Session) -> OpeningNorm | None:
    return session.scalar(select(OpeningNorm).order_by(OpeningNorm.id).limit(1))
