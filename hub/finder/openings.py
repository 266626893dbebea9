"""When a house is open, as bits of a frame; and in which way, for a room of it.

Rule: the hours of a house bind its own rooms; a guest space has hours of its own, and nothing else.
Rule: who may use a room by themselves may do so at any time of a day on which the house is not
closed: a closure and a holiday are for all.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.finder.quarters import Frame
from shared.records.free_time import Seconds, joined, seconds_of
from shared.records.opening_hours import ALL_KINDS, PUBLIC_KINDS, HoursKind, Rule, Slot, closed_on, slots_on
from shared.records.space_hours import GuestHours, free_between
from shared.time import local_day


class Manner(StrEnum):
    """In which way a room can be used at a time; the most comfortable way first."""

    OPEN = "open"  # the house is open: somebody is there (or the hours of the guest space)
    BY_APPOINTMENT = "by_appointment"  # somebody comes if it is agreed
    SELF_MANAGED = "self_managed"  # the group opens and closes by itself
    UNKNOWN = "unknown"  # the house has not told its hours


_ATTENDED = PUBLIC_KINDS | {HoursKind.BY_APPOINTMENT}


class Openings(NamedTuple):
    """Quarters of a frame in which a house is open; each holds those before it, too."""

    attended: int  # one may walk in
    agreed: int  # and by appointment
    by_themselves: int  # and for groups that open and close by themselves
    known: bool


def of_house(hours: Collection[Rule], frame: Frame, zone: ZoneInfo) -> Openings:
    """Return when a house with these hours is open; `zone` is its own."""
    everything = (1 << frame.width) - 1
    if not hours:
        return Openings(0, 0, everything, known=False)
    days = _days(frame, zone)
    slots = [slot for day in days for slot in slots_on(day, hours, zone)]
    whole_days = [seconds_of(*local_day(day, zone)) for day in days if not closed_on(day, hours)]
    kinds = {slot.kind for slot in slots}
    attended = _bits(slots, PUBLIC_KINDS, frame)
    agreed = attended if HoursKind.BY_APPOINTMENT not in kinds else _bits(slots, _ATTENDED, frame)
    at_all = _bits(slots, ALL_KINDS, frame, whole_days)
    return Openings(attended, agreed, at_all, known=True)


def of_guest_space(hours: Iterable[GuestHours], frame: Frame, zone: ZoneInfo) -> Openings:
    """Return when a guest space is ours."""
    days = _days(frame, zone)
    free = frame.within(seconds_of(*slot) for slot in free_between(days[0], days[-1], hours, zone))  # joined already
    return Openings(free, free, free, known=True)


def _days(frame: Frame, zone: ZoneInfo) -> list[date]:
    """Return the days whose slots may reach into the frame, by the house's own clocks."""
    first, last = (datetime.fromtimestamp(second, zone).date() for second in frame.seconds)
    return [first + timedelta(days=ahead) for ahead in range(-1, (last - first).days)]


def _bits(slots: Iterable[Slot], kinds: Collection[str], frame: Frame, also: Iterable[Seconds] = ()) -> int:
    stretches = [seconds_of(slot.starts_at, slot.ends_at) for slot in slots if slot.kind in kinds]
    return frame.within(joined([*stretches, *also]))
