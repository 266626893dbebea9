"""A touch as a device sends it: read strictly, refused with a short stable reason.

Rule: what a tap may say does not depend on the buttons that the house shows at the moment; a
tablet with last month's buttons still counts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from node.visits.models import Tap
from shared.errors import Refusal
from shared.ids import is_record_id
from shared.records.events import TARGET_GROUPS
from shared.records.visits import VisitKind
from shared.time import from_wire

BATCH_TAPS_MAX = 500  # a day of a full house; a device sends the rest with its next batch
STEP_MAX = 99  # three school classes at once; more is a slip of the finger
AHEAD_MAX = timedelta(minutes=5)  # clocks of tablets are never quite right
AGE_MAX = timedelta(days=92)  # a tablet forgotten in a drawer over the summer still counts
CLOCK_TRUSTED_WITHIN = timedelta(minutes=2)  # below this a difference is the way of the message


class TapRefused(Refusal):
    """A tap that cannot be counted; `reason` is a short stable key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedTap(NamedTuple):
    """`place` counts from 0 in the batch: a tap too broken to have an id is still told apart."""

    place: int
    id: str | None
    reason: str


def read_batch(
    taps: Sequence[object], now: datetime, clock_ahead: timedelta
) -> tuple[dict[str, Tap], tuple[RefusedTap, ...]]:
    """Return the good taps by their ids, each once, and the refused ones."""
    good: dict[str, Tap] = {}
    refused = []
    for place, given in enumerate(taps):
        try:
            tap = read_tap(given, now, clock_ahead)
            good.setdefault(tap.id, tap)
        except TapRefused as refusal:
            found = given.get("id") if isinstance(given, Mapping) else None
            refused.append(RefusedTap(place, found if isinstance(found, str) else None, refusal.reason))
    return good, tuple(refused)


def read_tap(given: object, now: datetime, clock_ahead: timedelta) -> Tap:
    """Return the tap that {"id", "counted_at", "kind", "target_group", "step"} says; raise TapRefused."""
    if not isinstance(given, Mapping):
        raise TapRefused("not_a_tap")
    tap_id, kind, target_group, step = (given.get(name) for name in ("id", "kind", "target_group", "step"))
    if not is_record_id(tap_id):
        raise TapRefused("bad_id")
    if not is_kind(kind):
        raise TapRefused("unknown_kind")
    if not is_target_group(target_group if target_group is not None else ""):
        raise TapRefused("unknown_target_group")
    if type(step) is not int or not 1 <= abs(step) <= STEP_MAX:
        raise TapRefused("bad_step")
    return Tap(
        id=tap_id,
        counted_at=read_time(given.get("counted_at"), now, clock_ahead),
        kind=kind,
        target_group=target_group or "",
        step=step,
        received_at=now,
    )


def read_time(given: Any, now: datetime, clock_ahead: timedelta = timedelta(0)) -> datetime:
    """Return when something was counted, by our clock; raise TapRefused if that cannot be."""
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


def is_kind(given: object) -> bool:
    return isinstance(given, str) and given in set(VisitKind)


def is_target_group(given: object) -> bool:
    return isinstance(given, str) and given in ("", *TARGET_GROUPS)
