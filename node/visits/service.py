"""Counting visits: taps come in, maybe twice, maybe late; each counts exactly once.

The parts: `taps` reads what devices send, `counts` adds up, `days` says which days were counted,
`locks` and `late` keep months that have been reported as they are, `buttons` is the counter's face.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from node.visits import counts, days, locks
from node.visits.counts import HourKey, counts_between, counts_of_day, find_count, hour_of, key_of, sums_between
from node.visits.days import find_question, make_room
from node.visits.locks import MonthLocked
from node.visits.models import CountCorrection, CounterSettings, CountSource, LateTap, MeasuredHour, Tap
from node.visits.taps import (
    AGE_MAX,
    BATCH_TAPS_MAX,
    STEP_MAX,
    RefusedTap,
    TapRefused,
    is_kind,
    is_target_group,
    read_batch,
    read_time,
)
from shared.errors import Refusal
from shared.records.visits import COUNT_MAX, VisitKind
from shared.time import local_day

__all__ = [
    "BATCH_TAPS_MAX",
    "STEP_MAX",
    "CorrectionRefused",
    "CountSource",
    "HourKey",
    "MonthLocked",
    "Receipt",
    "RefusedTap",
    "TapRefused",
    "choose_source",
    "correct_count",
    "corrections_of_day",
    "count_taps",
    "counts_between",
    "counts_of_day",
    "find_count",
    "find_question",
    "hour_of",
    "is_kind",
    "make_room",
    "measure",
    "no_visits",
    "read_time",
    "record_taps",
    "source_of_counts",
    "sums_between",
    "sums_of_day",
]


class CorrectionRefused(Refusal):
    """A correction without a reason or to an impossible number; `field` is where it went wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Receipt(NamedTuple):
    """What became of a batch. A device may forget the accepted ids: they are stored for good.

    `set_aside` are those of them that came for a locked month and wait for a decision.
    """

    accepted: tuple[str, ...]
    fresh: tuple[str, ...]
    refused: tuple[RefusedTap, ...]
    set_aside: tuple[str, ...] = ()


def record_taps(
    session: Session, taps: Sequence[object], now: datetime, clock_ahead: timedelta = timedelta(0)
) -> Receipt:
    """Store the taps not seen before and rewrite the counts of their hours.

    A tap is {"id", "counted_at", "kind", "target_group", "step"}, as a device sends it. A
    malformed one is refused with its reason and does not hold up the others. `clock_ahead`
    is by how much the device's clock was ahead of ours when it sent them.
    """
    good, refused = read_batch(taps, now, clock_ahead)
    aside, known = _known(session, list(good))
    locked = locks.locked_since(session, min((tap.counted_at for tap in good.values()), default=now))
    fresh: list[Tap] = []
    late: list[Tap] = []
    for tap in good.values():
        if tap.id not in known and tap.id not in aside:
            (late if locks.lock_at(locked, tap.counted_at) else fresh).append(tap)
    session.add_all(_put_aside(tap) for tap in late)
    count_taps(session, fresh)
    aside |= {tap.id for tap in late}
    return Receipt(
        tuple(good), tuple(tap.id for tap in fresh), refused, tuple(tap_id for tap_id in good if tap_id in aside)
    )


def count_taps(session: Session, taps: Sequence[Tap]) -> None:
    """Add taps that are not known yet to their hours and days, whether their month is locked or not."""
    session.add_all(taps)
    session.flush()
    counts.rewrite(session, {key_of(tap) for tap in taps})
    days.refresh(session, {hour_of(tap.counted_at) for tap in taps})


def correct_count(session: Session, key: HourKey, count: int, now: datetime, *, reason: str, corrected_by: str) -> None:
    """Set the count of an hour by hand; taps that arrive later are added to it.

    A count of 0 is stored as zero, which is not the same as an hour that nobody counted.
    Raises CorrectionRefused, MonthLocked.
    """
    if not 0 <= count <= COUNT_MAX:
        raise CorrectionRefused("count")
    if not reason.strip():
        raise CorrectionRefused("reason")
    if key.hour_starts_at > now or key.hour_starts_at != hour_of(key.hour_starts_at):
        raise CorrectionRefused("hour")  # a count beside those of the full hours would be one too many
    if not is_kind(key.kind) or not is_target_group(key.target_group):
        raise CorrectionRefused("kind")
    locks.refuse_locked(session, key.hour_starts_at)
    session.add(
        CountCorrection(
            hour_starts_at=key.hour_starts_at,
            kind=key.kind,
            target_group=key.target_group,
            difference=count - counts.computed(session, key),
            count_after=count,
            reason=reason.strip(),
            corrected_by=corrected_by,
            corrected_at=now,
        )
    )
    session.flush()
    counts.rewrite(session, {key})
    days.refresh(session, {key.hour_starts_at})


def measure(session: Session, sensor_id: str, hour: datetime, kind: str, count: int) -> None:
    """Keep what a sensor measured in an hour, in place of what it said before. Raises MonthLocked."""
    locks.refuse_locked(session, hour)
    found = session.get(MeasuredHour, (sensor_id, hour))
    kinds = {kind}
    if found is None:
        session.add(MeasuredHour(sensor_id=sensor_id, hour_starts_at=hour, kind=kind, count=count))
    else:
        kinds.add(found.kind)  # the house has turned the sensor to another kind of visit since
        found.kind, found.count = kind, count
    session.flush()
    if counts.source(session) != CountSource.TAPS:
        counts.rewrite(session, {HourKey(hour, one, "") for one in kinds})
        days.refresh(session, {hour})


def source_of_counts(session: Session) -> CountSource:
    """Return what counts in this house: touches, sensors or both."""
    return CountSource(counts.source(session))


def choose_source(session: Session, source: CountSource, now: datetime) -> None:
    """Choose what counts from now on, and in the months that are still open: their measured hours are counted anew."""
    settings = session.get(CounterSettings, 1)
    if settings is None:
        settings = CounterSettings(id=1)
        session.add(settings)
    if settings.source == source:
        return
    settings.source = source
    session.flush()
    locked = locks.locked_now(session)
    measured = session.execute(
        select(MeasuredHour.hour_starts_at, MeasuredHour.kind).where(MeasuredHour.hour_starts_at >= now - AGE_MAX)
    ).all()
    keys = {HourKey(hour, kind, "") for hour, kind in measured if locks.lock_at(locked, hour) is None}
    counts.rewrite(session, keys)
    days.refresh(session, {key.hour_starts_at for key in keys})


def no_visits() -> dict[str, int]:
    """Return a 0 for every kind of visit."""
    return {kind.value: 0 for kind in VisitKind}


def sums_of_day(session: Session, day: date, zone: ZoneInfo) -> dict[str, int]:
    """Return how many visits of each kind `day` has had; every kind is there, maybe with 0."""
    sums = no_visits()
    for (kind, _group), count in counts.sums_between(session, *local_day(day, zone)).items():
        sums[kind] = sums.get(kind, 0) + count
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


def _known(session: Session, ids: list[str]) -> tuple[set[str], set[str]]:
    """Return which of `ids` are kept aside, and which are counted."""
    aside: set[str] = set()
    known: set[str] = set()
    for tap_id, is_aside in session.execute(_KNOWN, {"ids": ids}):
        (aside if is_aside else known).add(tap_id)
    return aside, known - aside


_IDS: Any = bindparam("ids", expanding=True)
_KNOWN = union_all(
    select(LateTap.id, literal(1)).where(LateTap.id.in_(_IDS)), select(Tap.id, literal(0)).where(Tap.id.in_(_IDS))
)


def _put_aside(tap: Tap) -> LateTap:
    return LateTap(
        id=tap.id,
        counted_at=tap.counted_at,
        kind=tap.kind,
        target_group=tap.target_group,
        step=tap.step,
        received_at=tap.received_at,
    )
