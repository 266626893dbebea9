"""What staff say about an event, apart from the record: to fill a form, to copy, to repeat. Pure."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from node.programme.models import Event
from shared.records.bookings import Slot
from shared.records.events import Attendance, EventKind, Registration
from shared.time import at_local


@dataclass(frozen=True, kw_only=True)
class EventEntry:
    """What staff say about an event; limits as in `shared.records.events`. `slot` in UTC.

    The last three say where the event comes from; None leaves them as they are on a change.
    """

    title: str
    slot: Slot
    kind: str = EventKind.EVENT
    summary: str = ""
    description: str = ""
    theme: str = ""
    target_groups: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    cost_cents: int | None = 0
    cost_note: str = ""
    organiser: str = ""
    partners: str = ""
    attendance: str = Attendance.ON_SITE
    place: str = ""
    online_url: str = ""
    capacity: int | None = None
    registration: str = Registration.NONE
    registration_closes_at: datetime | None = None
    space_id: str | None = None
    series_id: str | None = None
    source_uid: str | None = None
    source_recurrence_id: str | None = None

    @classmethod
    def of(cls, event: Event) -> "EventEntry":
        """Return what an event says, as an entry: to fill a form, or to copy it."""
        values = {name: getattr(event, name) for name in _PLAIN}
        return cls(slot=Slot(event.starts_at, event.ends_at), **values)

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns of an event."""
        values = {name: getattr(self, name) for name in _PLAIN}
        return values | {"starts_at": self.slot.starts_at, "ends_at": self.slot.ends_at}

    def at(self, slot: Slot, zone: ZoneInfo) -> "EventEntry":
        """Return the same for another date: registration closes as many days before, at the same wall time."""
        closes_at = self.registration_closes_at
        if closes_at is not None:
            days = (slot.starts_at.astimezone(zone).date() - self.slot.starts_at.astimezone(zone).date()).days
            local = closes_at.astimezone(zone)
            closes_at = min(at_local(local.date() + timedelta(days=days), local.time(), zone), slot.ends_at)
        return replace(self, slot=slot, registration_closes_at=closes_at)


_PLAIN = tuple(field.name for field in fields(EventEntry) if field.name != "slot")


def shifted(slot: Slot, days: int, zone: ZoneInfo) -> Slot:
    """Return `slot` so many days later, at the same wall times of `zone`."""
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return Slot(
        at_local(starts.date() + timedelta(days=days), starts.time(), zone),
        at_local(ends.date() + timedelta(days=days), ends.time(), zone),
    )


def copy_of(event: Event, weeks: int, zone: ZoneInfo) -> EventEntry:
    """Return an entry for the same event `weeks` later, at the same wall times: "copy last week".

    It belongs to no series and to no imported calendar.
    """
    entry = EventEntry.of(event)
    moved = entry.at(shifted(entry.slot, 7 * weeks, zone), zone)
    return replace(moved, series_id=None, source_uid=None, source_recurrence_id=None)
