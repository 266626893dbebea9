"""Counting visits: taps come in, maybe twice, maybe late; each counts exactly once.

Rule: the count of an hour is always computed from all its taps and corrections, never by
adding to the number that stands there. So it does not matter how often a tap arrives.
Invariant: a count is never negative, whatever is undone.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from node.visits.models import CountCorrection, HourCount, Tap
from shared.errors import Refusal
from shared.ids import is_record_id
from shared.records.events import TARGET_GROUPS
from shared.records.visits import COUNT_MAX, VisitKind
from shared.time import from_wire, local_day

BATCH_TAPS_MAX = 500  # a day of a full house; a device sends the rest with its next batch
AHEAD_MAX = timedelta(minutes=5)  # clocks of tablets are never quite right
AGE_MAX = timedelta(days=92)  # a tablet forgotten in a drawer over the summer still counts
CLOCK_TRUSTED_WITHIN = timedelta(minutes=2)  # below this a difference is the way of the message


class TapRefused(Refusal):
    """A tap that cannot be counted; `reason` is a short stable key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CorrectionRefused(Refusal):
    """A correction without a reason or to an impossible number; `field` is where it went wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class RefusedTap(NamedTuple):
    """`place` counts from 0 in the batch: a tap too broken to have an id is still told apart."""

    place: int
    id: str | None
    reason: str


class Receipt(NamedTuple):
    """What became of a batch. A device may forget the accepted ids: they are stored for good."""

    accepted: tuple[str, ...]
    fresh: tuple[str, ...]
    refused: tuple[RefusedTap, ...]


class HourKey(NamedTuple):
    hour_starts_at: datetime
    kind: str
    target_group: str


def record_taps(
    session: Session, taps: Sequence[object], now: datetime, clock_ahead: timedelta = timedelta(0)
) -> Receipt:
    """Store the taps not seen before and rewrite the counts of their hours.

    A tap is {"id", "counted_at", "kind", "target_group", "step"}, as a device sends it. A
    malformed one is refused with its reason and does not hold up the others. `clock_ahead`
    is by how much the device's clock was ahead of ours when it sent them.
    """
    good: dict[str, Tap] = {}
    refused = []
    for place, given in enumerate(taps):
        try:
            tap = _read_tap(given, now, clock_ahead)
            good.setdefault(tap.id, tap)
        except TapRefused as refusal:
            found = given.get("id") if isinstance(given, Mapping) else None
            refused.append(RefusedTap(place, found if isinstance(found, str) else None, refusal.reason))
    known = set(session.scalars(select(Tap.id).where(Tap.id.in_(good))))
    fresh = [tap for tap in good.values() if tap.id not in known]
    session.add_all(fresh)
    session.flush()
    for key in sorted({_key(tap) for tap in fresh}):
        _rewrite_count(session, key)
    return Receipt(tuple(good), tuple(tap.id for tap in fresh), tuple(refused))


def correct_count(session: Session, key: HourKey, count: int, now: datetime, *, reason: str, corrected_by: str) -> None:
    """Set the count of an hour by hand; taps that arrive later are added to it.

    A count of 0 is stored as zero, which is not the same as an hour that nobody counted.
    """
    if not 0 <= count <= COUNT_MAX:
        raise CorrectionRefused("count")
    if not reason.strip():
        raise CorrectionRefused("reason")
    if key.hour_starts_at > now:
        raise CorrectionRefused("hour")
    if key.kind not in set(VisitKind) or not _is_target_group(key.target_group):
        raise CorrectionRefused("kind")
    session.add(
        CountCorrection(
            hour_starts_at=key.hour_starts_at,
            kind=key.kind,
            target_group=key.target_group,
            difference=count - _computed(session, key),
            count_after=count,
            reason=reason.strip(),
            corrected_by=corrected_by,
            corrected_at=now,
        )
    )
    session.flush()
    _rewrite_count(session, key)


def counts_of_day(session: Session, day: date, zone: ZoneInfo) -> list[HourCount]:
    """Return the hour counts of `day`, in the order of time."""
    starts_at, ends_at = local_day(day, zone)
    return list(
        session.scalars(
            select(HourCount)
            .where(HourCount.hour_starts_at >= starts_at, HourCount.hour_starts_at < ends_at)
            .order_by(HourCount.hour_starts_at, HourCount.kind, HourCount.target_group)
        )
    )


def sums_of_day(session: Session, day: date, zone: ZoneInfo) -> dict[str, int]:
    """Return how many visits of each kind `day` has had; every kind is there, maybe with 0."""
    sums = {kind.value: 0 for kind in VisitKind}
    for hour in counts_of_day(session, day, zone):
        sums[hour.kind] += hour.count
    return sums


def corrections_of_day(session: Session, day: date, zone: ZoneInfo) -> list[CountCorrection]:
    """Return what was corrected on the hours of `day`, latest first."""
    starts_at, ends_at = local_day(day, zone)
    return list(
        session.scalars(
            select(CountCorrection)
            .where(CountCorrection.hour_starts_at >= starts_at, CountCorrection.hour_starts_at < ends_at)
            .order_by(CountCorrection.corrected_at.desc(), CountCorrection.id.desc())
        )
    )


def find_count(session: Session, key: HourKey) -> HourCount | None:
    """Return the count of an hour, or None if nobody counted then."""
    return session.scalars(select(HourCount).filter_by(**key._asdict())).one_or_none()


def hour_of(instant: datetime) -> datetime:
    """Return the full hour in UTC that `instant` falls into."""
    return instant.replace(minute=0, second=0, microsecond=0)


def _read_tap(given: object, now: datetime, clock_ahead: timedelta) -> Tap:
    if not isinstance(given, Mapping):
        raise TapRefused("not_a_tap")
    tap_id, kind, target_group, step = (given.get(name) for name in ("id", "kind", "target_group", "step"))
    if not is_record_id(tap_id):
        raise TapRefused("bad_id")
    if not isinstance(kind, str) or kind not in set(VisitKind):
        raise TapRefused("unknown_kind")
    if not _is_target_group(target_group if target_group is not None else ""):
        raise TapRefused("unknown_target_group")
    if type(step) is not int or step not in (1, -1):
        raise TapRefused("bad_step")
    return Tap(
        id=tap_id,
        counted_at=_read_time(given.get("counted_at"), now, clock_ahead),
        kind=kind,
        target_group=target_group or "",
        step=step,
        received_at=now,
    )


def _read_time(given: Any, now: datetime, clock_ahead: timedelta) -> datetime:
    try:
        counted_at = from_wire(given)
    except (TypeError, ValueError) as error:
        raise TapRefused("bad_time") from error
    try:
        counted_at -= clock_ahead if abs(clock_ahead) > CLOCK_TRUSTED_WITHIN else timedelta(0)
    except OverflowError as error:
        raise TapRefused("bad_time") from error
    if counted_at > now + AHEAD_MAX:
        raise TapRefused("in_the_future")
    if counted_at < now - AGE_MAX:
        raise TapRefused("too_old")
    return counted_at


def _is_target_group(given: object) -> bool:
    return isinstance(given, str) and given in ("", *TARGET_GROUPS)


def _key(tap: Tap) -> HourKey:
    return HourKey(hour_of(tap.counted_at), tap.kind, tap.target_group)


def _computed(session: Session, key: HourKey) -> int:
    """Return what taps and corrections of an hour add up to; it may be below zero."""
    of_hour = (Tap.counted_at >= key.hour_starts_at, Tap.counted_at < key.hour_starts_at + timedelta(hours=1))
    tapped = session.scalar(
        select(func.coalesce(func.sum(Tap.step), 0)).where(
            *of_hour, Tap.kind == key.kind, Tap.target_group == key.target_group
        )
    )
    corrected = session.scalar(
        select(func.coalesce(func.sum(CountCorrection.difference), 0)).filter_by(**key._asdict())
    )
    return (tapped or 0) + (corrected or 0)


def _rewrite_count(session: Session, key: HourKey) -> None:
    count = max(0, _computed(session, key))
    found = find_count(session, key)
    if found is None:
        session.add(HourCount(**key._asdict(), count=count))
    else:
        found.count = count
    session.flush()
