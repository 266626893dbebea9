"""What the page of recoveries calls kinds of records and reasons."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from node.recovery.service import OfferAnswered, OfferUnreadable, RecordInTheWay
from node.visits.service import MonthLocked
from shared.records.bookings import SpaceTaken

COLLECTIONS: Mapping[str, Any] = {
    "centres": _l("Profile of the house"),
    "opening_hours": _l("Opening hours"),
    "spaces": _l("Space"),
    "events": _l("Offer or event"),
    "bookings": _l("Booking"),
    "visits": _l("Hour count"),
    "visit_days": _l("Day of counting"),
}

REFUSALS: Mapping[type, Any] = {
    SpaceTaken: _l("The space is taken at that time by now. Move or cancel the other booking first, or reject this."),
    RecordInTheWay: _l("There is something else in its place by now. Please look at both and change it by hand."),
    OfferUnreadable: _l("This version cannot be read here. Update the software of the house, or reject it."),
    MonthLocked: _l("The month of this count is locked. The lead of the house can open it again."),
    OfferAnswered: _l("Somebody has decided about this already."),
}
