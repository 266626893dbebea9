"""Fee classes, what a booking costs, its deposit. What the pages of a booking ask of rentals.

Rule: the price is reckoned when a fee class is chosen and when the booking moves, and stands
until then, whatever becomes of the class.
Rule: a deposit is taken once and returned once; who did so and when is kept.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from node.rentals.fees import HALF_DAY_H, is_free, price_of
from node.rentals.house_rules import (
    NobodyNamed,
    RulesUnchanged,
    RulesUnknown,
    accept_rules,
    acceptances_of,
    get_rules,
    list_rules,
    rules_on,
    write_rules,
)
from node.rentals.models import FeeClass, HouseRules, Rental, RulesAcceptance
from shared.errors import Refusal
from shared.ids import new_id
from shared.records.bookings import Slot

__all__ = [
    "HALF_DAY_H",
    "DepositRefused",
    "FeeClass",
    "FeeClassEntry",
    "FeeClassExists",
    "FeeClassUnknown",
    "HouseRules",
    "NobodyNamed",
    "Rental",
    "Responsible",
    "RulesAcceptance",
    "RulesUnchanged",
    "RulesUnknown",
    "accept_rules",
    "acceptances_of",
    "add_fee_class",
    "agree_fee",
    "edit_fee_class",
    "find_fee_class",
    "find_rental",
    "get_fee_class",
    "get_rules",
    "is_free",
    "list_fee_classes",
    "list_rules",
    "name_responsible",
    "price_of",
    "reckon_again",
    "return_deposit",
    "rules_on",
    "take_deposit",
    "write_rules",
]


class FeeClassUnknown(Refusal):
    """There is no fee class with this id."""


class FeeClassExists(Refusal):
    """Another fee class has this key."""


class DepositRefused(Refusal):
    """The deposit is there already, was given back already, or was never taken."""


@dataclass(frozen=True, kw_only=True)
class FeeClassEntry:
    """What staff say about a fee class; prices in cents, None is not offered."""

    key: str
    name: str
    meant_for: str = ""
    hour_cents: int | None = None
    half_day_cents: int | None = None
    day_cents: int | None = None
    deposit_cents: int = 0
    rank: int = 0
    offered: bool = True


@dataclass(frozen=True)
class Responsible:
    """Who answers for a rental."""

    name: str
    phone: str = ""
    address: str = ""


def add_fee_class(session: Session, entry: FeeClassEntry) -> FeeClass:
    """Add a fee class. Raises FeeClassExists."""
    fee_class = FeeClass(id=new_id())
    _keep(session, fee_class, entry)
    return fee_class


def edit_fee_class(session: Session, fee_class_id: str, entry: FeeClassEntry) -> FeeClass:
    """Change a fee class; prices that are agreed already stay. Raises FeeClassUnknown, FeeClassExists."""
    fee_class = get_fee_class(session, fee_class_id)
    _keep(session, fee_class, entry)
    return fee_class


def get_fee_class(session: Session, fee_class_id: str) -> FeeClass:
    """Return a fee class; raise FeeClassUnknown."""
    fee_class = session.get(FeeClass, fee_class_id)
    if fee_class is None:
        raise FeeClassUnknown
    return fee_class


def find_fee_class(session: Session, key: str) -> FeeClass | None:
    """Return the fee class with this key (a space may name one), or None."""
    return session.scalar(select(FeeClass).where(FeeClass.key == key)) if key else None


def list_fee_classes(session: Session, *, all_of_them: bool = False) -> Sequence[FeeClass]:
    """Return the fee classes that are offered (or all) in the order of the house."""
    query = select(FeeClass).order_by(FeeClass.rank, FeeClass.name)
    return session.scalars(query if all_of_them else query.where(FeeClass.offered)).all()


def find_rental(session: Session, booking_id: str) -> Rental | None:
    """Return fee and deposit of a booking, None if nothing is agreed."""
    return session.get(Rental, booking_id)


def agree_fee(session: Session, booking_id: str, fee_class_id: str | None, slot: Slot) -> Rental | None:
    """Agree on the fee class of a booking and reckon its price; without a class an agreement is taken back.

    The deposit stays as it is once it was taken. Raises FeeClassUnknown.
    """
    if not fee_class_id and find_rental(session, booking_id) is None:
        return None
    rental = _rental(session, booking_id)
    if not fee_class_id:
        rental.fee_class_id, rental.price_cents = None, None
        return rental
    fee_class = get_fee_class(session, fee_class_id)
    rental.fee_class_id, rental.price_cents = fee_class.id, price_of(fee_class, slot)
    if rental.deposit_taken_at is None:
        rental.deposit_cents = fee_class.deposit_cents
    return rental


def reckon_again(session: Session, booking_id: str, slot: Slot) -> None:
    """Reckon the price of a booking that has moved, in the class that was agreed."""
    rental = find_rental(session, booking_id)
    if rental is not None and rental.fee_class_id is not None:
        rental.price_cents = price_of(get_fee_class(session, rental.fee_class_id), slot)


def name_responsible(session: Session, booking_id: str, person: Responsible) -> Rental:
    """Note who answers for a rental."""
    rental = _rental(session, booking_id)
    rental.responsible_name, rental.responsible_phone = person.name, person.phone
    rental.responsible_address = person.address
    return rental


def take_deposit(session: Session, booking_id: str, cents: int | None = None, *, now: datetime, by: str = "") -> Rental:
    """Note that the deposit was paid: what was agreed, unless `cents` says otherwise. Raises DepositRefused."""
    rental = _rental(session, booking_id)
    if rental.deposit_taken_at is not None:
        raise DepositRefused
    if cents is not None:
        rental.deposit_cents = cents
    rental.deposit_taken_at, rental.deposit_taken_by = now, by
    return rental


def return_deposit(session: Session, booking_id: str, note: str = "", *, now: datetime, by: str = "") -> Rental:
    """Note that the deposit was given back; `note` says why not all of it. Raises DepositRefused."""
    rental = _rental(session, booking_id)
    if rental.deposit_taken_at is None or rental.deposit_returned_at is not None:
        raise DepositRefused
    rental.deposit_returned_at, rental.deposit_returned_by, rental.deposit_note = now, by, note
    return rental


def _rental(session: Session, booking_id: str) -> Rental:
    found = find_rental(session, booking_id)
    if found is None:
        found = Rental(booking_id=booking_id)
        session.add(found)
        session.flush()
    return found


def _keep(session: Session, fee_class: FeeClass, entry: FeeClassEntry) -> None:
    try:
        with session.begin_nested():
            for name, value in asdict(entry).items():
                if getattr(fee_class, name) != value:
                    setattr(fee_class, name, value)
            session.add(fee_class)
    except IntegrityError as error:  # the key is the only thing that can be there twice
        raise FeeClassExists from error
