"""The programme as data: a calendar file and JSON-LD. Pure: records in, text out.

Rule: the UID of an event is its record id at the centre, and never changes.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from node.centre.models import Centre
from node.opening_hours.models import OpeningHours
from node.opening_hours.service import Day, OpenState
from node.programme.models import Event
from shared import ical
from shared.records.events import Attendance, EventState
from shared.records.holidays import Holiday
from shared.records.opening_hours import PUBLIC_KINDS
from shared.time import to_wire

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ATTENDANCE = {
    Attendance.ON_SITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}


def calendar_file(
    events: Iterable[Event],
    *,
    centre_id: str,
    name: str,
    places: Callable[[Event], str],
    address: Callable[[Event], str],
) -> bytes:
    """Return the events as an iCalendar file; cancelled ones are marked, so calendars cross them out."""
    return ical.calendar(name, (_entry(event, centre_id, places(event), address(event)) for event in events))


def _entry(event: Event, centre_id: str, place: str, address: str) -> ical.Entry:
    text = (event.cancel_reason, event.summary, event.description)
    return ical.Entry(
        uid=f"{event.id}@{centre_id}.stadtherz",
        sequence=event.sequence,
        updated_at=event.updated_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        title=event.title,
        cancelled=event.state == EventState.CANCELLED,
        description="\n\n".join(part for part in text if part),
        location=place,
        url=address,
    )


def house_linked(
    centre: Centre, hours: Sequence[OpeningHours], closed_on: Iterable[Holiday], address: str
) -> dict[str, Any]:
    """Return the house as schema.org JSON-LD. `closed_on` are the coming holidays on which it is closed."""
    public = [row for row in hours if row.kind in PUBLIC_KINDS or row.closed]
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "CivicStructure",
            "name": centre.name,
            "description": centre.description,
            "url": address,
            "telephone": centre.phone,
            "email": centre.email,
            "address": _postal(centre),
            "geo": {"@type": "GeoCoordinates", "latitude": centre.latitude, "longitude": centre.longitude}
            if centre.latitude is not None
            else None,
            "openingHoursSpecification": [_hours(row) for row in public if not _is_special(row)],
            "specialOpeningHoursSpecification": [
                *(_hours(row) for row in public if _is_special(row)),
                *(_closed_holiday(holiday) for holiday in closed_on),
            ],
        }
    )


def event_linked(event: Event, centre: Centre | None, place: str, address: str) -> dict[str, Any]:
    """Return an event as schema.org JSON-LD."""
    cancelled = event.state == EventState.CANCELLED
    where: Any = None
    if event.attendance != Attendance.ONLINE and centre:
        where = {"@type": "Place", "name": place or centre.name, "address": _postal(centre)}
    elif event.online_url:
        where = {"@type": "VirtualLocation", "url": event.online_url}
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": event.title,
            "description": event.summary or event.description,
            "startDate": event.starts_at.isoformat(),
            "endDate": event.ends_at.isoformat(),
            "eventStatus": f"https://schema.org/{'EventCancelled' if cancelled else 'EventScheduled'}",
            "eventAttendanceMode": f"https://schema.org/{_ATTENDANCE[Attendance(event.attendance)]}",
            "isAccessibleForFree": True if event.cost_cents == 0 else None,
            "inLanguage": list(event.languages),
            "maximumAttendeeCapacity": event.capacity,
            "organizer": {"@type": "Organization", "name": event.organiser or (centre.name if centre else "")},
            "location": where,
            "url": address,
        }
    )


def _postal(centre: Centre) -> dict[str, Any]:
    return _filled(
        {
            "@type": "PostalAddress",
            "streetAddress": centre.street,
            "postalCode": centre.postcode,
            "addressLocality": centre.town,
        }
    )


def _hours(row: OpeningHours) -> dict[str, Any]:
    days = _DAYS if row.weekday is None else (_DAYS[row.weekday],)
    return _filled(
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": list(days),
            "opens": row.opens_local,
            "closes": row.opens_local if row.closed else row.closes_local,  # schema.org's way to say closed
            "validFrom": row.valid_from.isoformat() if row.valid_from else None,
            "validThrough": row.valid_until.isoformat() if row.valid_until else None,
        }
    )


def _is_special(row: OpeningHours) -> bool:
    return row.valid_from is not None and row.valid_until is not None


def _closed_holiday(holiday: Holiday) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "name": holiday.name,
        "opens": "00:00",
        "closes": "00:00",  # schema.org's way to say closed
        "validFrom": holiday.first_day.isoformat(),
        "validThrough": holiday.last_day.isoformat(),
    }


def hours_data(name: str, state: OpenState, days: Iterable[Day], zone: str, at: datetime) -> dict[str, Any]:
    """Return the opening hours as plain data: instants in UTC, and the zone of the house beside them.

    `changes_at` is when `open` turns to its opposite, null if nothing is known of that.
    """
    return {
        "house": name,
        "as_of": to_wire(at),
        "time_zone": zone,
        "open": state.slot is not None,
        "kind": state.slot.kind if state.slot else None,
        "changes_at": to_wire(state.changes_at) if state.changes_at else None,
        "days": [
            {
                "date": day.day.isoformat(),
                "closed": not day.slots,
                "differs": day.is_exception,
                "note": day.note,
                "hours": [
                    {
                        "from": to_wire(slot.starts_at),
                        "until": to_wire(slot.ends_at),
                        "kind": slot.kind,
                        "note": slot.note,
                    }
                    for slot in day.slots
                ],
            }
            for day in days
        ],
    }


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", [])}
