"""Equipment lent alone: kept for somebody, given out, prolonged, taken back.

Rule: a lending that is out and not back is kept until it is back, however late.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from node.equipment.finding import ReservationUnknown, get_reservation
from node.equipment.models import Reservation
from node.equipment.promises import get_in_use, promise, refuse_count
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import Slot, refuse_impossible_times


class NotLentAlone(Refusal):
    """The item goes only with a space of the house."""


class LendingOver(Refusal):
    """What is back already, or not out yet, cannot be changed so."""


@dataclass(frozen=True, kw_only=True)
class LendingEntry:
    """Pieces lent alone; the slot ends when they are due back. Who has them stays in the house."""

    item_id: str
    count: int
    slot: Slot
    lent_to: str
    contact: str = ""
    note: str = ""


def lend(session: Session, entry: LendingEntry, *, now: datetime, by: str = "", given_out: bool = True) -> Reservation:
    """Lend pieces to somebody, or (not `given_out`) keep them for the day on which they are fetched.

    Raises ItemUnknown, ItemRetired, NotLentAlone, CountImpossible, BookingTimesImpossible, StockExceeded.
    """
    refuse_count(entry.count)
    refuse_impossible_times(entry.slot)
    item = get_in_use(session, entry.item_id)
    if not item.lent_alone:
        raise NotLentAlone
    said = vars(entry) | {"starts_at": entry.slot.starts_at, "ends_at": entry.slot.ends_at}
    del said["slot"]
    lending = Reservation(id=new_id())
    promise(session, lending, item, said | ({"given_out_at": now, "given_out_by": by} if given_out else {}))
    return lending


def give_out(session: Session, lending_id: str, *, now: datetime, by: str = "") -> Reservation:
    """Note that kept pieces were fetched. Raises ReservationUnknown, LendingOver, StockExceeded (fetched early)."""
    lending = _get_lending(session, lending_id)
    if lending.given_out_at is not None or lending.ends_at <= now:
        raise LendingOver
    starts_at = min(lending.starts_at, now)
    promise(session, lending, lending.item, {"given_out_at": now, "given_out_by": by, "starts_at": starts_at})
    return lending


def take_back(session: Session, lending_id: str, *, now: datetime, by: str = "") -> Reservation:
    """Note that lent pieces are back; they are free from now on. Raises ReservationUnknown, LendingOver."""
    lending = _get_lending(session, lending_id)
    if not lending.is_out:
        raise LendingOver
    lending.returned_at, lending.returned_by = now, by
    session.flush()
    return lending


def prolong(session: Session, lending_id: str, ends_at: datetime) -> Reservation:
    """Agree on another day of return. Raises ReservationUnknown, LendingOver, BookingTimesImpossible, StockExceeded."""
    lending = _get_lending(session, lending_id)
    if lending.returned_at is not None:
        raise LendingOver
    refuse_impossible_times(Slot(lending.starts_at, ends_at))
    promise(session, lending, lending.item, {"ends_at": ends_at})
    return lending


def cancel_lending(session: Session, lending_id: str) -> None:
    """Forget a lending that was never fetched. Raises ReservationUnknown, LendingOver (it is out or back)."""
    lending = _get_lending(session, lending_id)
    if lending.given_out_at is not None:
        raise LendingOver
    session.delete(lending)
    session.flush()


def _get_lending(session: Session, lending_id: str) -> Reservation:
    """Return a lending that nobody else can change meanwhile; a booking's reservation is none."""
    lending = get_reservation(session, lending_id, to_change=True)
    if not lending.is_lending:
        raise ReservationUnknown
    return lending
