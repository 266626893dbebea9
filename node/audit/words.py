"""The words of the log: kinds of records, fields, deeds, values. What has no word is shown as it is."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l

from shared.time import WIRE_INSTANT, from_wire
from shared.web.filters import local_date, local_datetime

TABLES: Mapping[str, Any] = {
    "accounts": _l("Account"),
    "announcements": _l("Announcement"),
    "attendance": _l("Attendance"),
    "audit": _l("Log"),
    "booking_quotas": _l("Quota of bookings"),
    "booking_series": _l("Series of bookings"),
    "bookings": _l("Booking"),
    "centres": _l("Profile of the house"),
    "count_corrections": _l("Correction of a count"),
    "counter_buttons": _l("Button of the counter"),
    "counter_settings": _l("Arrangement of the counter"),
    "devices": _l("Device"),
    "equipment_items": _l("Equipment"),
    "equipment_reservations": _l("Lending of equipment"),
    "event_images": _l("Picture of an event"),
    "event_series": _l("Series of events"),
    "event_texts": _l("Event in another language"),
    "events": lazy_pgettext("log", "Event"),
    "fee_classes": _l("Fee class"),
    "house_days": _l("Closed day"),
    "house_rules": _l("House rules"),
    "key_handovers": _l("Key handed over"),
    "key_rings": _l("Key"),
    "link_settings": _l("Link to the city"),
    "month_locks": _l("Lock of a month"),
    "opening_hours": _l("Opening hours"),
    "privacy": _l("Search for a person"),
    "recovery_codes": _l("Recovery code"),
    "registration_terms": _l("Terms of registration"),
    "registrations": _l("Registration"),
    "rentals": _l("Rental"),
    "retention_times": _l("Retention time"),
    "room_requests": _l("Request for a room"),
    "rules_acceptances": _l("House rules accepted"),
    "second_factor_roles": _l("Second factor demanded"),
    "second_factors": _l("Second factor"),
    "self_managed_openings": _l("Opened and closed by a group"),
    "sensors": _l("Door sensor"),
    "series_omissions": _l("Date left out of a series"),
    "space_hours": _l("Hours of a guest space"),
    "spaces": _l("Space"),
    "tenants": _l("Tenant"),
    "visit_days": _l("Day of counting"),
}
ACTIONS: Mapping[str, tuple[Any, str]] = {
    "created": (_l("added"), "success"),
    "changed": (_l("changed"), "info"),
    "deleted": (_l("deleted"), "danger"),
    "looked": (_l("looked at"), "neutral"),
    "searched": (_l("searched"), "neutral"),
    "exported": (_l("exported"), "warning"),
    "erased": (_l("erased"), "danger"),
}
ACTORS: Mapping[str, Any] = {
    "job": _l("by itself"),
    "command": _l("at the machine"),
    "visitor": _l("public page"),
    "program": _l("program"),
}
FIELDS: Mapping[str, Any] = {
    "capacity": _l("places"),
    "cancel_reason": _l("reason"),
    "contact_email": _l("e-mail"),
    "contact_name": _l("contact"),
    "contact_phone": _l("telephone"),
    "days": _l("days"),
    "decided_at": _l("decided at"),
    "decided_by": _l("decided by"),
    "description": _l("description"),
    "email": _l("e-mail"),
    "ends_at": _l("end"),
    "expires_at": _l("valid until"),
    "kind": _l("kind"),
    "locked_at": _l("locked since"),
    "name": _l("name"),
    "name_key": _l("name"),
    "note": _l("note"),
    "password_due": _l("has to choose a password"),
    "password_hash": _l("password"),
    "password_until": _l("start password valid until"),
    "persons": _l("persons"),
    "phone": _l("telephone"),
    "place": _l("place"),
    "reason": _l("reason"),
    "revoked_at": _l("withdrawn at"),
    "rights": _l("rights"),
    "role": _l("role"),
    "second_factor_due": _l("has to set up a second factor"),
    "second_factor_since": _l("second factor since"),
    "sequence": _l("edition"),
    "sessions_ended": _l("signed out everywhere"),
    "signed_in_at": _l("sign-in"),
    "space_id": _l("space"),
    "starts_at": _l("beginning"),
    "state": _l("state"),
    "summary": _l("short text"),
    "theme": _l("theme"),
    "title": _l("title"),
    "updated_at": _l("changed at"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def value(plain: Any) -> str:
    """Return a value of the log as people write it."""
    if plain is None or plain in ("", []):
        return "–"
    if isinstance(plain, bool):
        return str(gettext("yes") if plain else gettext("no"))
    if isinstance(plain, list):
        return ", ".join(value(one) for one in plain)
    if isinstance(plain, str) and WIRE_INSTANT.fullmatch(plain):
        return local_datetime(from_wire(plain))
    if isinstance(plain, str) and _DAY.fullmatch(plain):
        return local_date(date.fromisoformat(plain))
    return str(plain)
