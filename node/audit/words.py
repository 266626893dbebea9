"""The words of the log: kinds of records, deeds, who acts. What has no word is shown as it is."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

TABLES: Mapping[str, Any] = {
    "accounts": _l("Account"),
    "announcements": _l("Announcement"),
    "attendance": _l("Attendance"),
    "audit": _l("Log"),
    "booking_quotas": _l("Quota of bookings"),
    "booking_series": _l("Series of bookings"),
    "backup_runs": _l("Folder for backups"),
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
    "recovery": _l("House that was recovered"),
    "recovery_codes": _l("Recovery code"),
    "recovery_keys": _l("Recovery code of the backups"),
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
    "prepared": (_l("prepared"), "info"),
    "opened": (_l("opened without the city"), "warning"),
}
ACTORS: Mapping[str, Any] = {
    "job": _l("by itself"),
    "command": _l("at the machine"),
    "visitor": _l("public page"),
    "program": _l("program"),
}
