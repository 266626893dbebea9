"""What the hours add up to.

Rule: the count of an hour is always computed from all its taps, its corrections and what sensors
measured, never by adding to the number that stands there. So it does not matter how often a tap
arrives, or what the house chooses later.
Invariant: a count is never negative, whatever is undone.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.visits.models import CountCorrection, CounterSettings, CountSource, HourCount, MeasuredHour, Tap
from shared.time import local_day

_HOUR = timedelta(hours=1)


class HourKey(NamedTuple):
    hour_starts_at: datetime
    kind: str
    target_group: str


def hour_of(instant: datetime) -> datetime:
    """Return the full hour in UTC that `instant` falls into."""
    return instant.replace(minute=0, second=0, microsecond=0)


def key_of(tap: Any) -> HourKey:
    """Return the hour count that a tap belongs to."""
    return HourKey(hour_of(tap.counted_at), tap.kind, tap.target_group)


def find_count(session: Session, key: HourKey) -> HourCount | None:
    """Return the count of an hour, or None if nobody counted then."""
    return session.scalars(select(HourCount).filter_by(**key._asdict())).one_or_none()


def counts_of_day(session: Session, day: date, zone: ZoneInfo) -> list[HourCount]:
    """Return the hour counts of `day`, in the order of time."""
    return counts_between(session, *local_day(day, zone))


def counts_between(session: Session, starts_at: datetime, ends_at: datetime) -> list[HourCount]:
    """Return the hour counts of [starts_at, ends_at), in the order of time."""
    return list(
        session.scalars(
            select(HourCount)
            .where(HourCount.hour_starts_at >= starts_at, HourCount.hour_starts_at < ends_at)
            .order_by(HourCount.hour_starts_at, HourCount.kind, HourCount.target_group)
        )
    )


def source(session: Session) -> str:
    """Return where counts come from in this house."""
    return session.scalar(select(CounterSettings.source)) or CountSource.TAPS


def rewrite(session: Session, keys: Iterable[HourKey]) -> None:
    """Compute the counts of `keys` anew. What is told with a group changes what is left without one."""
    chosen = source(session)
    wanted = set(keys)
    if chosen == CountSource.SENSORS:
        wanted |= {HourKey(key.hour_starts_at, key.kind, "") for key in wanted if _measured(session, key) is not None}
    for key in sorted(wanted):
        count = max(0, computed(session, key, chosen))
        found = find_count(session, key)
        if found is None:
            session.add(HourCount(**key._asdict(), count=count))
        else:
            found.count = count
    session.flush()


def computed(session: Session, key: HourKey, chosen: str) -> int:
    """Return what an hour adds up to; it may be below zero.

    Sensors know no target groups. Where they count, they say how many came, and the taps with a
    group say who of them: without a group remain the others. An hour that no sensor has spoken
    of is counted by its taps.
    """
    corrected = session.scalar(
        select(func.coalesce(func.sum(CountCorrection.difference), 0)).filter_by(**key._asdict())
    )
    measured = None if chosen == CountSource.TAPS or key.target_group else _measured(session, key)
    tapped = _tapped(session, key, Tap.target_group == key.target_group)
    if measured is None:
        return tapped + (corrected or 0)
    if chosen == CountSource.BOTH:
        return tapped + measured + (corrected or 0)
    return max(0, measured - _tapped(session, key, Tap.target_group != "")) + (corrected or 0)


def _tapped(session: Session, key: HourKey, group: Any) -> int:
    of_hour = (Tap.counted_at >= key.hour_starts_at, Tap.counted_at < key.hour_starts_at + _HOUR)
    tapped = session.scalar(select(func.coalesce(func.sum(Tap.step), 0)).where(*of_hour, Tap.kind == key.kind, group))
    return tapped or 0


def _measured(session: Session, key: HourKey) -> int | None:
    """Return what the sensors of a kind measured in the hour; None if none of them has spoken of it."""
    return session.scalar(
        select(func.sum(MeasuredHour.count)).where(
            MeasuredHour.hour_starts_at == key.hour_starts_at, MeasuredHour.kind == key.kind
        )
    )
