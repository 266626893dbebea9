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

from sqlalchemy import bindparam, func, select
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
    return session.scalars(_FIND, key._asdict()).one_or_none()


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


def sums_between(session: Session, starts_at: datetime, ends_at: datetime) -> dict[tuple[str, str], int]:
    """Return the visits of [starts_at, ends_at) by kind and target group, as far as there are any."""
    rows = session.execute(_SUMS, {"starts_at": starts_at, "ends_at": ends_at})
    return {(kind, group): count for kind, group, count in rows}


def source(session: Session) -> str:
    """Return where counts come from in this house."""
    return session.scalar(select(CounterSettings.source)) or CountSource.TAPS


def rewrite(session: Session, keys: Iterable[HourKey]) -> None:
    """Compute the counts of `keys` anew. What is told with a group changes what is left without one."""
    wanted = sorted(keys)
    parts = {key: _parts(session, key) for key in wanted}
    for key, found in list(parts.items()):
        rest = HourKey(key.hour_starts_at, key.kind, "")
        if found.source == CountSource.SENSORS and found.measured is not None and rest not in parts:
            parts[rest] = _parts(session, rest)
    for key, found in parts.items():
        count = max(0, _added_up(key, found))
        row = find_count(session, key)
        if row is None:
            session.add(HourCount(**key._asdict(), count=count))
        else:
            row.count = count
    session.flush()


def computed(session: Session, key: HourKey) -> int:
    """Return what an hour adds up to; it may be below zero."""
    return _added_up(key, _parts(session, key))


class _Parts(NamedTuple):
    """What a count is made of: the house's choice, taps of the key, taps of its kind with any group, the others."""

    source: str
    tapped: int
    with_group: int
    corrected: int
    measured: int | None


def _added_up(key: HourKey, parts: _Parts) -> int:
    """Add up the parts of a count.

    Sensors know no target groups. Where they count, they say how many came, and the taps with a
    group say who of them: without a group remain the others. An hour that no sensor has spoken
    of is counted by its taps.
    """
    if parts.measured is None or parts.source == CountSource.TAPS or key.target_group:
        return parts.tapped + parts.corrected
    if parts.source == CountSource.BOTH:
        return parts.tapped + parts.measured + parts.corrected
    return max(0, parts.measured - parts.with_group) + parts.corrected


def _parts(session: Session, key: HourKey) -> _Parts:
    asked = {**key._asdict(), "next_hour": key.hour_starts_at + _HOUR}
    return _Parts(*session.execute(_PARTS, asked).one())


def _sum(column: Any, *where: Any) -> Any:
    return func.coalesce(select(func.sum(column)).where(*where).scalar_subquery(), 0)


_ASKED: dict[str, Any] = {name: bindparam(name) for name in ("hour_starts_at", "kind", "target_group", "next_hour")}
_TAPS = (Tap.counted_at >= _ASKED["hour_starts_at"], Tap.counted_at < _ASKED["next_hour"], Tap.kind == _ASKED["kind"])
_MEASURED = (MeasuredHour.hour_starts_at == _ASKED["hour_starts_at"], MeasuredHour.kind == _ASKED["kind"])
_PARTS = select(  # one statement, put together once: it is asked for each tap
    func.coalesce(select(CounterSettings.source).scalar_subquery(), CountSource.TAPS.value),
    _sum(Tap.step, *_TAPS, Tap.target_group == _ASKED["target_group"]),
    _sum(Tap.step, *_TAPS, Tap.target_group != ""),
    _sum(
        CountCorrection.difference,
        CountCorrection.hour_starts_at == _ASKED["hour_starts_at"],
        CountCorrection.kind == _ASKED["kind"],
        CountCorrection.target_group == _ASKED["target_group"],
    ),
    select(func.sum(MeasuredHour.count)).where(*_MEASURED).scalar_subquery(),
)
_FIND = select(HourCount).where(
    HourCount.hour_starts_at == _ASKED["hour_starts_at"],
    HourCount.kind == _ASKED["kind"],
    HourCount.target_group == _ASKED["target_group"],
)
_SUMS = (
    select(HourCount.kind, HourCount.target_group, func.sum(HourCount.count))
    .where(HourCount.hour_starts_at >= bindparam("starts_at"), HourCount.hour_starts_at < bindparam("ends_at"))
    .group_by(HourCount.kind, HourCount.target_group)
)
