"""An event as schema.org data for search engines (JSON-LD)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from markupsafe import Markup

from hub.calendar.showing import Shown
from shared.records.events import Attendance, EventState

_ATTENDANCE = {
    Attendance.ON_SITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}


def json_ld(shown: Shown, url: str, zone: ZoneInfo) -> Markup:
    """Return the data for a <script type="application/ld+json">; it cannot end the element early."""
    text = orjson.dumps(described(shown, url, zone)).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped as JSON)


def described(shown: Shown, url: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return what schema.org calls an Event; what is not known is left out."""
    event = shown.event
    cancelled = event.state == EventState.CANCELLED
    known = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": event.summary or event.description,
        "startDate": _local(event.starts_at, zone),
        "endDate": _local(event.ends_at, zone),
        "eventStatus": f"https://schema.org/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"https://schema.org/{_ATTENDANCE[Attendance(event.attendance)]}",
        "location": _locations(shown),
        "organizer": {"@type": "Organization", "name": event.organiser or shown.place.name},
        "isAccessibleForFree": event.cost_cents == 0 if event.cost_cents is not None else None,
        "offers": _offer(event.cost_cents, url),
        "inLanguage": list(event.languages),
        "keywords": shown.theme,
        "url": url,
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def _locations(shown: Shown) -> list[dict[str, Any]]:
    locations: list[dict[str, Any]] = []
    if shown.event.attendance != Attendance.ONLINE:
        address = {
            "@type": "PostalAddress",
            "streetAddress": shown.place.street,
            "postalCode": shown.place.postcode,
            "addressLocality": shown.place.town,
            "addressCountry": "DE",
        }
        locations.append({"@type": "Place", "name": shown.event.place or shown.place.name, "address": address})
    if shown.online_url:
        locations.append({"@type": "VirtualLocation", "url": shown.online_url})
    return locations


def _offer(cost_cents: int | None, url: str) -> dict[str, Any] | None:
    if not cost_cents:
        return None
    return {"@type": "Offer", "price": f"{cost_cents / 100:.2f}", "priceCurrency": "EUR", "url": url}


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()
