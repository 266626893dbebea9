"""The words for kinds and states of bookings."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from shared.records.bookings import BookingKind, BookingState

KINDS: Mapping[str, Any] = {
    BookingKind.PROGRAMME: _l("Programme of the house"),
    BookingKind.RENTAL: _l("Rental"),
    BookingKind.SELF_MANAGED: _l("Self-managed use"),
    BookingKind.INTERNAL: _l("Internal"),
    BookingKind.BLOCKED: _l("Blocked"),
}
STATES: Mapping[str, Any] = {
    BookingState.REQUESTED: _l("Requested"),
    BookingState.CONFIRMED: _l("Confirmed"),
    BookingState.DECLINED: _l("Declined"),
    BookingState.CANCELLED: _l("Cancelled"),
}
STATE_TONES = {
    BookingState.REQUESTED: "warning",
    BookingState.CONFIRMED: "success",
    BookingState.DECLINED: "neutral",
    BookingState.CANCELLED: "neutral",
}
