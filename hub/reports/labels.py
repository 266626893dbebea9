"""What reports call their figures, and what exactly each figure counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from shared.records.bookings import BookingKind
from shared.records.events import EventKind
from shared.records.visits import VisitKind


@dataclass(frozen=True)
class Wording:
    """`name` heads the page, `counts` says in a sentence what is counted and what is not."""

    name: Any
    counts: Any


MEASURES: Mapping[str, Wording] = {
    "visits": Wording(
        _l("Visits"),
        _l("Visits, not persons: somebody who comes three times counts three times. A dash means that nobody counted."),
    ),
    "bookings": Wording(
        _l("Bookings"),
        _l("Confirmed bookings of all spaces, in the month in which they begin. Blocked times are left out."),
    ),
    "booked_hours": Wording(
        _l("Booked hours"),
        _l("Hours of confirmed bookings, all in the month in which the booking begins. Blocked times are left out."),
    ),
    "events": Wording(
        _l("Offers and events"),
        _l("Published dates of offers and events, in the month in which they begin. Each date of a series counts."),
    ),
    "cancelled_events": Wording(
        _l("Cancelled dates"),
        _l("Dates of offers and events that had been published and were called off."),
    ),
}

WAYS: Mapping[str, Any] = {
    "month": _l("Month"),
    "centre": _l("Centre"),
    "district": _l("District"),
    "theme": _l("Theme"),
    "kind": _l("Kind"),
    "target_group": _l("Target group"),
}

KINDS: Mapping[str, Mapping[str, Any]] = {
    "visits": {
        VisitKind.OPEN_MEETING: _l("Open meeting"),
        VisitKind.PROGRAMME: _l("Programme"),
        VisitKind.CONSULTATION: _l("Consultation"),
        VisitKind.EVENT: _l("Event"),
    },
    "bookings": {
        BookingKind.PROGRAMME: _l("Programme"),
        BookingKind.RENTAL: _l("Rental"),
        BookingKind.SELF_MANAGED: _l("Self-managed use"),
        BookingKind.INTERNAL: _l("Internal use"),
    },
    "events": {
        EventKind.OFFER: _l("Offer"),
        EventKind.EVENT: _l("Event"),
        EventKind.OPEN_MEETING: _l("Open meeting"),
        EventKind.CONSULTATION: _l("Consultation"),
        EventKind.POLITICIAN_SURGERY: _l("Surgery with politicians"),
    },
}
KINDS = {**KINDS, "booked_hours": KINDS["bookings"], "cancelled_events": KINDS["events"]}

TARGET_GROUPS: Mapping[str, Any] = {
    "": _l("Not asked"),
    "everyone": _l("Everyone"),
    "children": _l("Children"),
    "youth": _l("Young people"),
    "families": _l("Families"),
    "adults": _l("Adults"),
    "seniors": _l("Older people"),
    "women": _l("Women"),
    "newcomers": _l("Newcomers"),
    "volunteers": _l("Volunteers"),
}
