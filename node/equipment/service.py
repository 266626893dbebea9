"""The house's equipment: counted stock, promised with a booking or lent alone to somebody.

Rule: never more is promised than there is; the database has the last word (see `guard`), and
its refusal comes back as `StockExceeded` with what would be free.

For `node.bookings`, in the transaction of the booking itself:

    reserve(session, booking.id, item_id, count, slot)     # some pieces along with a booking
    keep_with_booking(session, booking.id, {item_id: count}, slot)  # exactly these and no others
    move_with_booking(session, booking.id, slot)           # the booking has moved
    release_with_booking(session, booking.id)              # the booking is cancelled or declined
    with_booking(session, booking.id)                      # what goes with it
    free_items(session, slot, but_booking=booking.id)      # what could go with it
"""

from node.equipment.along import keep_with_booking, move_with_booking, release_with_booking, reserve
from node.equipment.finding import (
    FreeItem,
    ItemUnknown,
    ReservationUnknown,
    Standing,
    coming_of,
    count_overdue,
    free_items,
    free_of,
    get_item,
    get_reservation,
    lendings_open,
    list_items,
    standings,
    with_booking,
    with_bookings,
)
from node.equipment.items import ItemEntry, StockPromised, add_item, edit_item, reopen_item, retire_item
from node.equipment.lending import (
    LendingEntry,
    LendingOver,
    NotLentAlone,
    cancel_lending,
    give_out,
    lend,
    prolong,
    take_back,
)
from node.equipment.promises import COUNT_MAX, CountImpossible, ItemRetired, StockExceeded

__all__ = [
    "COUNT_MAX",
    "CountImpossible",
    "FreeItem",
    "ItemEntry",
    "ItemRetired",
    "ItemUnknown",
    "LendingEntry",
    "LendingOver",
    "NotLentAlone",
    "ReservationUnknown",
    "Standing",
    "StockExceeded",
    "StockPromised",
    "add_item",
    "cancel_lending",
    "coming_of",
    "count_overdue",
    "edit_item",
    "free_items",
    "free_of",
    "get_item",
    "get_reservation",
    "give_out",
    "keep_with_booking",
    "lend",
    "lendings_open",
    "list_items",
    "move_with_booking",
    "prolong",
    "release_with_booking",
    "reopen_item",
    "reserve",
    "retire_item",
    "standings",
    "take_back",
    "with_booking",
    "with_bookings",
]
