"""Who booked and who rented: how long names and contacts stay, how they are found and forgotten.

Rule: forgetting anonymises the booking; when, which space and how many people stays, for the
statistics. The title goes too where people of outside chose it: it often names them. Whoever asks
to be forgotten is forgotten in every title but that of an event.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from node.bookings.models import Booking
from node.core.privacy import Finding, PersonalData, matches
from node.rentals.models import Rental, RulesAcceptance
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState

KEEP_DAYS = 180  # half a year: for questions about damage, and for whoever wants the same evening again
KEEP_RENTALS_DAYS = 365  # money and agreements: until the year is closed
_TEXTS = ("contact_name", "contact_phone", "contact_email", "note", "reason", "overruled")
_FROM_OUTSIDE = (BookingKind.RENTAL, BookingKind.SELF_MANAGED)
_STANDING = (BookingState.REQUESTED, BookingState.CONFIRMED)
_RENTED = ("responsible_name", "responsible_phone", "responsible_address", "deposit_note")


class BookingStillStands(Refusal):
    """The booking is still to come: it is cancelled first, so that the space is free."""


class DepositInHouse(Refusal):
    """The deposit was not given back yet: somebody has to know whose it is."""


def find(session: Session, needle: str) -> Sequence[Finding]:
    """Return the bookings with the needle in a contact, the title or the note."""
    columns = (getattr(Booking, name) for name in (*_TEXTS, "title"))
    query = select(Booking).where(matches(needle, *columns)).order_by(Booking.starts_at.desc())
    return [
        Finding(BOOKINGS.key, found.id, found.contact_name or found.title, found.title, found.starts_at)
        for found in session.scalars(query)
    ]


def export(session: Session, record_id: str) -> dict[str, Any]:
    """Return everything that is kept about whoever booked."""
    found = session.get(Booking, record_id)
    if found is None:
        return {}
    said = {name: getattr(found, name) for name in ("title", *_TEXTS, "persons", "kind", "state")}
    return said | {"starts_at": found.starts_at.isoformat(), "ends_at": found.ends_at.isoformat()}


def erase(session: Session, record_id: str, now: datetime) -> None:
    """Forget who booked. Raises BookingStillStands while it is to come."""
    found = session.get(Booking, record_id)
    if found is None:
        return
    if found.state in _STANDING and found.ends_at > now:
        raise BookingStillStands
    _blank(found)
    if found.kind != BookingKind.PROGRAMME:  # that is the title of an event; any other may name the person
        found.title = ""


def expire(session: Session, before: datetime, now: datetime) -> int:
    """Forget who had the bookings that ended before `before`; return how many."""
    named = or_(
        *(getattr(Booking, name) != "" for name in _TEXTS),
        Booking.tenant_id.is_not(None),
        Booking.kind.in_(_FROM_OUTSIDE) & (Booking.title != ""),
    )
    found = session.scalars(select(Booking).where(Booking.ends_at < before, named)).all()
    for booking in found:
        _blank(booking)
    return len(found)


def find_rentals(session: Session, needle: str) -> Sequence[Finding]:
    """Return the rentals with the needle in who answers for them or who accepted the rules."""
    accepted = select(RulesAcceptance.booking_id).where(matches(needle, RulesAcceptance.accepted_by))
    answers = matches(needle, *(getattr(Rental, name) for name in _RENTED))
    answering = select(Rental.booking_id).where(answers)
    query = select(Booking).where(or_(Booking.id.in_(accepted), Booking.id.in_(answering)))
    rented = {row.booking_id: row for row in session.scalars(select(Rental).where(answers))}
    return [
        Finding(RENTALS.key, found.id, rented[found.id].responsible_name if found.id in rented else needle, found.title)
        for found in session.scalars(query.order_by(Booking.starts_at.desc()))
    ]


def export_rental(session: Session, record_id: str) -> dict[str, Any]:
    """Return who answers for a rental, its money, and who accepted the rules."""
    rental = session.get(Rental, record_id)
    said: dict[str, Any] = {name: getattr(rental, name) for name in _RENTED} if rental else {}
    if rental is not None:
        times = {"deposit_taken_at": rental.deposit_taken_at, "deposit_returned_at": rental.deposit_returned_at}
        said |= {"price_cents": rental.price_cents, "deposit_cents": rental.deposit_cents}
        said |= {name: time.isoformat() if time else None for name, time in times.items()}
    accepted = [
        {"accepted_by": row.accepted_by, "version": row.version, "accepted_at": row.accepted_at.isoformat()}
        for row in _acceptances(session, record_id)
    ]
    return said | ({"house_rules": accepted} if accepted else {})


def erase_rental(session: Session, record_id: str, now: datetime) -> None:
    """Forget who rented; what it cost stays. Raises DepositInHouse, BookingStillStands."""
    rental, booking = session.get(Rental, record_id), session.get(Booking, record_id)
    if booking is not None and booking.state in _STANDING and booking.ends_at > now:
        raise BookingStillStands
    if rental is not None and rental.deposit_taken_at is not None and rental.deposit_returned_at is None:
        raise DepositInHouse
    _forget_rental(session, record_id, rental)


def expire_rentals(session: Session, before: datetime, now: datetime) -> int:
    """Forget who had the rentals that ended before `before`, but where the deposit is still here."""
    over = select(Booking.id).where(Booking.ends_at < before)
    in_house = Rental.deposit_taken_at.is_not(None) & Rental.deposit_returned_at.is_(None)
    named = or_(*(getattr(Rental, name) != "" for name in _RENTED))
    rented = set(session.scalars(select(Rental.booking_id).where(Rental.booking_id.in_(over), named, ~in_house)))
    held = select(Rental.booking_id).where(in_house)
    query = select(RulesAcceptance.booking_id).where(RulesAcceptance.accepted_by != "")
    accepted = set(
        session.scalars(query.where(RulesAcceptance.booking_id.in_(over), RulesAcceptance.booking_id.not_in(held)))
    )
    for booking_id in rented | accepted:
        _forget_rental(session, booking_id, session.get(Rental, booking_id))
    return len(rented | accepted)


def _blank(booking: Booking) -> None:
    for name in _TEXTS:
        setattr(booking, name, "")
    booking.tenant_id = None
    if booking.kind in _FROM_OUTSIDE:
        booking.title = ""


def _forget_rental(session: Session, booking_id: str, rental: Rental | None) -> None:
    if rental is not None:
        for name in _RENTED:
            setattr(rental, name, "")
    for row in _acceptances(session, booking_id):
        row.accepted_by = ""


def _acceptances(session: Session, booking_id: str) -> Sequence[RulesAcceptance]:
    return session.scalars(select(RulesAcceptance).where(RulesAcceptance.booking_id == booking_id)).all()


BOOKINGS = PersonalData(
    key="bookings",
    label=_l("Bookings"),
    counts_from=_l("the end of the booking"),
    kept=_l("When which space was used, for what kind of thing and by how many people stays, for the statistics."),
    why_not={BookingStillStands: _l("The booking is still to come. Please cancel it first.")},
    retention_days=KEEP_DAYS,
    columns={Booking: (*_TEXTS, "title", "tenant_id")},
    find=find,
    export=export,
    erase=erase,
    expire=expire,
)
RENTALS = PersonalData(
    key="rentals",
    label=_l("Rental agreements"),
    counts_from=_l("the end of the booking; a deposit that is still here stops it"),
    kept=_l("Price and deposit stay, without a name."),
    why_not={
        BookingStillStands: _l("The booking is still to come. Please cancel it first."),
        DepositInHouse: _l("The deposit is still in the house. Please give it back first."),
    },
    retention_days=KEEP_RENTALS_DAYS,
    columns={Rental: _RENTED, RulesAcceptance: ("accepted_by",)},
    find=find_rentals,
    export=export_rental,
    erase=erase_rental,
    expire=expire_rentals,
)
