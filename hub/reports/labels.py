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
    "came": Wording(
        _l("People who came to events"),
        _l(
            "Registered people who were there, and those who just came, at published dates. Only dates at which the "
            "house counted are in it; a dash means that nobody counted."
        ),
    ),
    "registered": Wording(
        _l("Registrations"),
        _l("Persons with a place at published dates, in the month of the date. A family of four counts four times."),
    ),
    "waiting": Wording(
        _l("On waiting lists"),
        _l("Persons who still waited for a place at published dates, in the month of the date."),
    ),
    "no_shows": Wording(
        _l("No-shows"),
        _l(
            "Share of the registered persons who did not come. Only dates at which the house noted who of the "
            "registered was there are in it."
        ),
    ),
    "events": Wording(
        _l("Offers and events"),
        _l("Published dates of offers and events, in the month in which they begin. Each date of a series counts."),
    ),
    "cancelled_events": Wording(
        _l("Cancelled dates"),
        _l("Dates of offers and events that had been published and were called off."),
    ),
    "cancellation_rate": Wording(
        _l("Rate of cancellations"),
        _l("Share of all dates that had been published which were called off."),
    ),
    "bookings": Wording(
        _l("Bookings"),
        _l("Confirmed bookings of all spaces, in the month in which they begin. Blocked times are left out."),
    ),
    "booked_hours": Wording(
        _l("Booked hours"),
        _l("Hours of confirmed bookings, all in the month in which the booking begins. Blocked times are left out."),
    ),
    "declined_bookings": Wording(
        _l("Declined requests"),
        _l("Requests for a space that a house declined, in the month for which the space was wanted."),
    ),
    "cancelled_bookings": Wording(
        _l("Cancelled bookings"),
        _l("Confirmed bookings that were called off later, by the house or by who had booked."),
    ),
}

WAYS: Mapping[str, Any] = {
    "month": _l("Month"),
    "quarter_of_year": _l("Quarter of the year"),
    "year": _l("Year"),
    "district": _l("District"),
    "quarter": _l("Quarter"),
    "centre": _l("Centre"),
    "theme": _l("Theme"),
    "kind": _l("Kind"),
    "target_group": _l("Target group"),
    "language": _l("Language"),
    "cost": _l("Cost"),
    "place": _l("On site or online"),
    "weekday": _l("Weekday"),
    "hour": _l("Time of day"),
    "week": _l("Hour of the week"),
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
_OF_EVENTS = ("cancelled_events", "cancellation_rate", "registered", "waiting", "came", "no_shows")
_OF_BOOKINGS = ("booked_hours", "declined_bookings", "cancelled_bookings")
KINDS = {
    **KINDS,
    **dict.fromkeys(_OF_BOOKINGS, KINDS["bookings"]),
    **dict.fromkeys(_OF_EVENTS, KINDS["events"]),
}
COSTS: Mapping[str, Any] = {
    "free": _l("Free of charge"),
    "paid": _l("Costs something"),
    "ask": _l("Price on request"),
}

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
