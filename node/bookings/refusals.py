"""A refusal in words, with the booking in the way and what could be booked instead."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.alternatives import find_alternatives
from node.bookings.forms import BookingForm, fields_of
from node.bookings.models import Booking
from node.bookings.service import BookingEntry
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingTimesImpossible, Slot, SpaceTaken, TransitionRefused
from shared.web.filters import local_time, short_date


@dataclass(frozen=True)
class Choice:
    """A button that books something else at once: `value` is what `swap_in` reads."""

    value: str
    space_name: str
    times: str


@dataclass(frozen=True)
class Conflict:
    """Why not, and what instead. `culprit` is the booking in the way, if that is the reason."""

    text: str
    culprit: Booking | None = None
    culprit_space: str = ""
    spaces: tuple[Choice, ...] = ()
    times: tuple[Choice, ...] = ()
    shorter: tuple[Choice, ...] = ()


def look_into(
    session: Session, refusal: Refusal, entry: BookingEntry, zone: ZoneInfo, *, now: datetime, but: str | None = None
) -> Conflict:
    """Return why `entry` was refused and, if its space is taken, what is free instead."""
    if not isinstance(refusal, SpaceTaken):
        return Conflict(in_words(refusal))
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    found = find_alternatives(session, entry, zone, now=now, but=but)
    culprit = session.get(Booking, refusal.booking_id) if refusal.booking_id else None

    def choices(entries: tuple[BookingEntry, ...]) -> tuple[Choice, ...]:
        return tuple(Choice(_value(each, zone), names[each.space_id], _times(each.slot, zone)) for each in entries)

    return Conflict(
        in_words(refusal),
        culprit,
        names.get(culprit.space_id, "") if culprit else "",
        choices(found.spaces),
        choices(found.times),
        choices((found.shorter,) if found.shorter else ()),
    )


def in_words(refusal: Refusal) -> str:
    """Return what went wrong and what to do next."""
    if isinstance(refusal, SpaceTaken):
        return _("The space is taken at that time. Nothing was booked.")
    if isinstance(refusal, BookingTimesImpossible):
        return _("A booking ends after it begins and lasts at most 31 days. Please look at the times again.")
    if isinstance(refusal, service.SpaceRetired):
        return _("This space takes no new bookings. Please choose another one.")
    if isinstance(refusal, spaces.SpaceUnknown):
        return _("This space is no longer there. Please choose another one.")
    if isinstance(refusal, TransitionRefused):
        return _("Somebody else has decided on this booking meanwhile. Here is how it stands now.")
    raise refusal


def swap_in(form: BookingForm, chosen: str | None) -> None:
    """Put the alternative that was clicked into the form that came with it; nonsense changes nothing."""
    values = _parsed(chosen or "")
    for name, value in values.items():
        form[name].data = value


def _times(slot: Slot, zone: ZoneInfo) -> str:
    """Return `Mo., 23.11., 13:00–15:00`, with the second day if there is one."""
    starts, ends = (instant.astimezone(zone) for instant in slot)
    last = f"{short_date(ends)} " if ends.date() != starts.date() else ""
    return f"{short_date(starts)}, {local_time(starts)}–{last}{local_time(ends)}"


def _value(entry: BookingEntry, zone: ZoneInfo) -> str:
    shown: dict[str, Any] = fields_of(entry, zone)
    last = shown["ends_on"] or shown["day"]
    return f"{entry.space_id} {shown['day']} {shown['starts']:%H:%M} {last} {shown['ends']:%H:%M}"


def _parsed(chosen: str) -> dict[str, Any]:
    try:
        space_id, day, starts, last, ends = chosen.split(" ")
        ends_on = None if last == day else date.fromisoformat(last)
        times = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
        return {"space_id": space_id, "day": date.fromisoformat(day), "ends_on": ends_on, **times}
    except ValueError:
        return {}
