"""What binds a booking beside a free space: what the space asks for, and quotas.

Rule: notice, the longest booking and quotas bind rentals and self-managed use; the house's own
programme and meetings do as they need. The hours of a guest space bind everything but a block:
the building is somebody else's.
Rule: whoever decides on bookings may set notice, length and quota aside, knowingly: with a
reason, which is kept with the booking. Never the hours of a guest space, never an overlap.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings.entry import BookingEntry
from node.bookings.quotas import COUNTED, QuotaSpent, refuse_beyond_quota
from node.centre import service as centre
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingKind
from shared.records.spaces import (
    BookingTooLong,
    NoticeTooShort,
    refuse_long,
    refuse_outside_hours,
    refuse_short_notice,
)

OVERRULABLE: dict[type[Refusal], str] = {NoticeTooShort: "notice", BookingTooLong: "length", QuotaSpent: "quota"}
HOME_ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Overruling:
    """Somebody who may decide says "nevertheless": who, and why."""

    by: str
    why: str


def zone_of_house(session: Session) -> ZoneInfo:
    """Return the zone whose clock the house's rules follow."""
    profile = centre.profile(session)
    return ZoneInfo(profile.time_zone) if profile else HOME_ZONE


def refuse_against_rules(
    session: Session,
    entry: BookingEntry,
    *,
    now: datetime | None,
    but: str | None = None,
    overruling: Overruling | None = None,
) -> dict[str, str]:
    """Raise the first rule that `entry` breaks and nobody overrules; return the columns that remember the rest.

    `now` None asks for no notice (a booking whose start stays); `but` is the booking being moved.
    Raises SpaceUnknown, NoticeTooShort, BookingTooLong, OutsideSpaceHours, QuotaSpent.
    """
    overruled = []
    for broken in _broken(session, entry, now, but):
        if overruling is None or type(broken) not in OVERRULABLE:
            raise broken
        overruled.append(OVERRULABLE[type(broken)])
    if overruling is None or not overruled:
        return {}
    return {"overruled": f"{', '.join(overruled)}: {overruling.why}"[:500], "overruled_by": overruling.by}


def _broken(session: Session, entry: BookingEntry, now: datetime | None, but: str | None) -> Iterator[Refusal]:
    """Yield every rule that `entry` breaks, those that nobody can overrule first."""
    if entry.kind == BookingKind.BLOCKED:
        return
    line = spaces.with_wholes(session, spaces.get_space(session, entry.space_id))
    zone = zone_of_house(session)
    if any(space.is_guest_space for space in line):
        hours = spaces.hours_of(session, [space.id for space in line])
        yield from _refusal(lambda: refuse_outside_hours(hours, entry.slot, zone))
    if entry.kind in COUNTED:
        if now is not None:
            yield from _refusal(lambda: refuse_short_notice(line[0], entry.slot, now))
        yield from _refusal(lambda: refuse_long(line[0], entry.slot))
        yield from _refusal(lambda: refuse_beyond_quota(session, entry, zone, but=but))


def _refusal(rule: Callable[[], None]) -> Iterator[Refusal]:
    try:
        rule()
    except Refusal as broken:
        yield broken
