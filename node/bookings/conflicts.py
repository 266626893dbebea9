"""A taken space looked into: which booking is in the way, and what could be booked instead.

Rule: a choice carries everything that changes if it is taken, so that one click on it books.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from node.bookings.alternatives import find_alternatives
from node.bookings.entry import BookingEntry
from node.bookings.models import Booking
from node.spaces import service as spaces
from shared.records.bookings import Slot, SpaceTaken


@dataclass(frozen=True)
class Choice:
    """Something free: a button whose `value` is what `chosen_instead` reads."""

    value: str
    space_name: str
    slot: Slot


@dataclass(frozen=True)
class Conflict:
    """The booking in the way (None if it has just gone), and what is free instead."""

    culprit: Booking | None
    culprit_space: str
    spaces: tuple[Choice, ...] = ()
    times: tuple[Choice, ...] = ()
    shorter: tuple[Choice, ...] = ()


def look_into(
    session: Session, refusal: SpaceTaken, entry: BookingEntry, zone: ZoneInfo, *, now: datetime, but: str | None = None
) -> Conflict:
    """Return why `entry` was refused and what is free instead; `but` is the booking being moved."""
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    found = find_alternatives(session, entry, zone, now=now, but=but)
    culprit = session.get(Booking, refusal.booking_id) if refusal.booking_id else None

    def choices(*entries: BookingEntry) -> tuple[Choice, ...]:
        return tuple(Choice(_value(each, zone), names[each.space_id], each.slot) for each in entries)

    return Conflict(
        culprit,
        names.get(culprit.space_id, "") if culprit else "",
        choices(*found.spaces),
        choices(*found.times),
        choices(found.shorter) if found.shorter else (),
    )


def chosen_instead(value: str | None) -> dict[str, Any]:
    """Return space_id, day, starts, ends and ends_on of a choice; nothing if there is none."""
    try:
        space_id, day, starts, last, ends = (value or "").split(" ")
        days = {"day": date.fromisoformat(day), "ends_on": None if last == day else date.fromisoformat(last)}
        times = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    except ValueError:
        return {}
    return {"space_id": space_id, **days, **times}


def _value(entry: BookingEntry, zone: ZoneInfo) -> str:
    starts, ends = (instant.astimezone(zone) for instant in entry.slot)
    return f"{entry.space_id} {starts:%Y-%m-%d %H:%M} {ends:%Y-%m-%d %H:%M}"
