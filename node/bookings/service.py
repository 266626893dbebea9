"""Bookings: taken, moved, confirmed, declined, cancelled; and found again. What other features may call.

Rule: a request holds nothing, confirming does. Two people may ask for the same evening; the
house confirms one of them. A booking taken at the counter is confirmed at once.

`changes` is a booking's way, `guard` why nobody is double-booked, `rules` and `quotas` what
binds a booking beside a free space, `blocks` several spaces at once, `tenants` who comes again.
"""

from node.bookings.blocks import (
    BlockRefused,
    NothingToBlock,
    block_spaces,
    bookings_of_block,
    lift_block,
)
from node.bookings.changes import (
    OfEvent,
    SpaceRetired,
    cancel_booking,
    confirm_booking,
    confirm_instead,
    decline_booking,
    move_booking,
    refuse_of_event,
    take_booking,
)
from node.bookings.conflicts import Choice, Conflict, chosen_instead, look_into
from node.bookings.entry import BookingEntry
from node.bookings.finding import (
    BookingUnknown,
    belongs_to_event,
    bookings_between,
    bookings_of_day,
    count_requests,
    find_booking_of_event,
    find_culprit,
    find_in_the_way,
    get_booking,
    guest_hours_of_day,
    held_by_part,
    open_requests,
    waiting_requests,
)
from node.bookings.quotas import (
    Period,
    QuotaSpent,
    Spent,
    keep_quotas,
    own_quotas,
    quotas_of,
    spent_by_tenant,
)
from node.bookings.rules import Overruling, zone_of_house
from node.bookings.tenants import (
    TenantEntry,
    TenantExists,
    TenantUnknown,
    add_tenant,
    bookings_of_tenant,
    edit_tenant,
    find_tenant,
    get_tenant,
    list_tenants,
)

__all__ = [
    "BlockRefused",
    "BookingEntry",
    "BookingUnknown",
    "Choice",
    "Conflict",
    "NothingToBlock",
    "OfEvent",
    "Overruling",
    "Period",
    "QuotaSpent",
    "SpaceRetired",
    "Spent",
    "TenantEntry",
    "TenantExists",
    "TenantUnknown",
    "add_tenant",
    "belongs_to_event",
    "block_spaces",
    "bookings_between",
    "bookings_of_block",
    "bookings_of_day",
    "bookings_of_tenant",
    "cancel_booking",
    "chosen_instead",
    "confirm_booking",
    "confirm_instead",
    "count_requests",
    "decline_booking",
    "edit_tenant",
    "find_booking_of_event",
    "find_culprit",
    "find_in_the_way",
    "find_tenant",
    "get_booking",
    "get_tenant",
    "guest_hours_of_day",
    "held_by_part",
    "keep_quotas",
    "lift_block",
    "list_tenants",
    "look_into",
    "move_booking",
    "open_requests",
    "own_quotas",
    "quotas_of",
    "refuse_of_event",
    "spent_by_tenant",
    "take_booking",
    "waiting_requests",
    "zone_of_house",
]
