"""What is said when a space is booked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from node.bookings.models import Booking
from shared.records.bookings import BookingKind, Slot


@dataclass(frozen=True, kw_only=True)
class BookingEntry:
    """What is said when a space is booked. `slot` in UTC; names and numbers stay in the house.

    `fee_class_id` and `equipment` (item id -> count) are kept beside the booking; None leaves
    them as they are, an empty fee class means that nothing is agreed.
    """

    space_id: str
    slot: Slot
    kind: str = BookingKind.INTERNAL
    title: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    persons: int | None = None
    note: str = ""
    event_id: str | None = None
    tenant_id: str | None = None
    block_id: str | None = None
    fee_class_id: str | None = None
    equipment: Mapping[str, int] | None = None

    @classmethod
    def of(cls, booking: Booking) -> "BookingEntry":
        """Return what a booking says: to fill a form, or to change one thing of it."""
        values = {name: getattr(booking, name) for name in _PLAIN}
        return cls(slot=Slot(booking.starts_at, booking.ends_at), **values)

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns that a booking with this entry has."""
        values = {name: getattr(self, name) for name in _PLAIN}
        return values | {"starts_at": self.slot.starts_at, "ends_at": self.slot.ends_at}


_BESIDE = ("slot", "fee_class_id", "equipment")
_PLAIN = tuple(field.name for field in fields(BookingEntry) if field.name not in _BESIDE)
