"""An event as schema.org data for search engines (JSON-LD)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from markupsafe import Markup

from hub.calendar.showing import Shown
from hub.programme.queries import Words
from shared.records.events import Attendance, EventState

NOTHING: Mapping[str, Words] = MappingProxyType({})
_ATTENDANCE = {
    Attendance.ON_SITE: "OfflineEventAttendanceMode",
    Attendance.ONLINE: "OnlineEventAttendanceMode",
    Attendance.HYBRID: "MixedEventAttendanceMode",
}


def json_ld(shown: Shown, url: str, zone: ZoneInfo, said: Mapping[str, Words] = NOTHING) -> Markup:
    """Return the data for a <script type="application/ld+json">; it cannot end the element early.

    `said` is what the house says in other languages, by language.
    """
    text = orjson.dumps(described(shown, url, zone, said)).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped as JSON)


def described(shown: Shown, url: str, zone: ZoneInfo, said: Mapping[str, Words] = NOTHING) -> dict[str, Any]:
    """Return what schema.org calls an Event; what is not known is left out."""
    event = shown.event
    cancelled = event.state == EventState.CANCELLED
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "@id": url,
            "name": event.title,
            "alternateName": [_in(language, words.title) for language, words in said.items()],
            "description": _description(event, said),
            "startDate": _local(event.starts_at, zone),
            "endDate": _local(event.ends_at, zone),
            "eventStatus": f"https://schema.org/{'EventCancelled' if cancelled else 'EventScheduled'}",
            "eventAttendanceMode": f"https://schema.org/{_ATTENDANCE[Attendance(event.attendance)]}",
            "location": _locations(shown),
            "organizer": {"@type": "Organization", "name": event.organiser or shown.place.name},
            "isAccessibleForFree": event.cost_cents == 0 if event.cost_cents is not None else None,
            "offers": None if cancelled else _offer(event.cost_cents, url),
            "maximumAttendeeCapacity": event.capacity,
            "typicalAgeRange": _ages(event.age_min, event.age_max),
            "inLanguage": list(event.languages),
            "keywords": shown.theme,
            "superEvent": _series(event, url),
            "url": url,
        }
    )


def _known(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _in(language: str, text: str) -> dict[str, str]:
    """Return a text with its language, as JSON-LD writes one."""
    return {"@language": language, "@value": text}


def _description(event: Any, said: Mapping[str, Words]) -> Any:
    """Return the description; the texts in other languages stand beside it."""
    own = event.summary or event.description
    others = [_in(language, text) for language, words in said.items() if (text := words.summary or words.description)]
    return [*([own] if own else []), *others] if others else own


def _series(event: Any, url: str) -> dict[str, Any] | None:
    """Return the series that a date is part of. Its rule is not known here, so there is no eventSchedule."""
    if not event.series_id:
        return None
    return {"@type": "EventSeries", "@id": f"{url.rpartition('/')[0]}/serie/{event.series_id}", "name": event.title}


def _locations(shown: Shown) -> list[dict[str, Any]]:
    locations: list[dict[str, Any]] = []
    if shown.event.attendance != Attendance.ONLINE:
        locations.append(_place(shown))
    if shown.online_url:
        locations.append({"@type": "VirtualLocation", "url": shown.online_url})
    return locations


def _place(shown: Shown) -> dict[str, Any]:
    """Return where it is; the house's position only if it takes place in the house."""
    place, elsewhere = shown.place, shown.event.place
    address = {
        "@type": "PostalAddress",
        "streetAddress": place.street,
        "postalCode": place.postcode,
        "addressLocality": place.town,
        "addressCountry": "DE",
    }
    geo = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    is_known = place.latitude is not None and place.longitude is not None and not elsewhere
    return _known(
        {"@type": "Place", "name": elsewhere or place.name, "address": address, "geo": geo if is_known else None}
    )


def _offer(cost_cents: int | None, url: str) -> dict[str, Any] | None:
    """Return the price; 0 is one too. Whether there are places left is not known here."""
    if cost_cents is None:
        return None
    return {"@type": "Offer", "price": f"{cost_cents / 100:.2f}", "priceCurrency": "EUR", "url": url}


def _ages(youngest: int | None, oldest: int | None) -> str | None:
    """Return the ages as schema.org writes them: `6-12`, `18-`, `0-17`."""
    if youngest is None and oldest is None:
        return None
    return f"{youngest or 0}-{'' if oldest is None else oldest}"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()
