"""What the collections of the catalogue are called on pages."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

NAMES: Mapping[str, Any] = {
    "centres": _l("Profile of the house"),
    "opening_hours": _l("Opening hours"),
    "spaces": _l("Spaces"),
    "space_hours": _l("Hours of guest spaces"),
    "events": _l("Offers and events"),
    "event_texts": _l("Offers and events in other languages"),
    "attendance": _l("Registrations and attendance"),
    "bookings": _l("Bookings"),
    "visits": _l("Visits"),
    "visit_days": _l("Days of counting"),
    "themes": _l("Themes"),
    "holidays": _l("School holidays and special days"),
    "norms": _l("Opening norm"),
    "announcements": _l("Announcements"),
    "recovery_offers": _l("Recovery offers"),
    "recovery_answers": _l("Answers to recovery offers"),
}


def collection_name(name: str) -> str:
    """Return what a collection is called; one that is not known here has its own name."""
    return str(NAMES.get(name, name))
