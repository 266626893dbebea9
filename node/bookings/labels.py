"""The words for kinds and states of bookings."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from node.bookings.models import Booking
from node.bookings.quotas import Period
from shared.records.bookings import BookingKind, BookingState, CalledOffBy

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
CALLED_OFF_BY: Mapping[str, Any] = {
    CalledOffBy.HOUSE: _l("The house"),
    CalledOffBy.BOOKER: _l("Whoever booked"),
}
PERIODS: Mapping[str, Any] = {Period.WEEK: _l("a week"), Period.MONTH: _l("a month")}
OVERRULED: Mapping[str, Any] = {"notice": _l("notice"), "length": _l("longest booking"), "quota": _l("quota")}
DECLINE_REASONS = (
    _l("The space is taken at that time."),
    _l("The house is closed at that time."),
    _l("The space does not suit the purpose."),
    _l("The house needs the space itself."),
    _l("The request came too late."),
    _l("The purpose does not go together with the rules of the house."),
)
CANCEL_REASONS = (
    _l("The group cannot come."),
    _l("Somebody is ill."),
    _l("It takes place somewhere else."),
    _l("The space cannot be used just now."),
    _l("The house has to close."),
    _l("It was entered by mistake."),
)


def overruled_in_words(booking: Booking) -> str:
    """Return which rules were set aside, why and by whom; '' if none were."""
    rules, _colon, why = booking.overruled.partition(": ")
    said = ", ".join(str(OVERRULED.get(rule, rule)) for rule in rules.split(", "))
    return f"{said}: {why} ({booking.overruled_by})" if booking.overruled else ""
