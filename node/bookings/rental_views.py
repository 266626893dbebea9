"""The rental of a booking: who answers for it, deposit, accepted rules, the agreement on paper.

Rule: money and agreements are for those who decide on bookings; whoever looks at one is noted.
"""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.desk import get_booking, pages
from node.bookings.models import Booking
from node.bookings.rental_forms import AcceptForm, DepositForm, ResponsibleForm, ReturnForm
from node.centre import service as centre
from node.core import audit
from node.core.db import reading, transaction
from node.core.rights import Right, needs
from node.equipment import service as equipment
from node.rentals import service as rentals
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingKind
from shared.time import now
from shared.web import zone
from shared.web.forms import Form


@pages.get("/<booking_id>/miete")
@needs(Right.DECIDE_BOOKINGS)
def rental(booking_id: str) -> Any:
    """What is agreed, and the forms for what is still missing."""
    with reading() as session:
        return _page(session, _rented(session, booking_id))


@pages.get("/<booking_id>/mietvertrag")
@needs(Right.DECIDE_BOOKINGS)
def agreement(booking_id: str) -> Any:
    """The agreement as it is printed and signed: price, deposit, rules, signatures."""
    with reading() as session:
        booking = _rented(session, booking_id)
        audit.note_look("bookings", booking.id)
        return render_template("bookings/agreement.html", **_known(session, booking), house=centre.profile(session))


@pages.post("/<booking_id>/miete/verantwortlich")
@needs(Right.DECIDE_BOOKINGS)
def responsible(booking_id: str) -> Any:
    """Note who answers for the rental."""

    def keep(session: Session, form: ResponsibleForm) -> None:
        rentals.name_responsible(session, booking_id, form.person())

    return _keep(booking_id, ResponsibleForm(), keep, _("Noted."))


@pages.post("/<booking_id>/miete/kaution")
@needs(Right.DECIDE_BOOKINGS)
def take_deposit(booking_id: str) -> Any:
    """Note that the deposit was paid."""

    def keep(session: Session, form: DepositForm) -> None:
        rentals.take_deposit(session, booking_id, form.cents.data, now=now(), by=current_user.name)

    return _keep(booking_id, DepositForm(), keep, _("The deposit is noted as taken."))


@pages.post("/<booking_id>/miete/kaution-zurueck")
@needs(Right.DECIDE_BOOKINGS)
def return_deposit(booking_id: str) -> Any:
    """Note that the deposit was given back."""

    def keep(session: Session, form: ReturnForm) -> None:
        rentals.return_deposit(session, booking_id, form.note.data or "", now=now(), by=current_user.name)

    return _keep(booking_id, ReturnForm(), keep, _("The deposit is noted as given back."))


@pages.post("/<booking_id>/miete/hausordnung")
@needs(Right.DECIDE_BOOKINGS)
def accept_rules(booking_id: str) -> Any:
    """Note that somebody accepted the rules that are in force on the day of the booking."""

    def keep(session: Session, form: AcceptForm) -> None:
        rules = _rules(session, get_booking(session, booking_id))
        if rules is not None:
            rentals.accept_rules(
                session, booking_id, rules.version, form.accepted_by.data, now=now(), by=current_user.name
            )

    return _keep(booking_id, AcceptForm(), keep, _("The acceptance is noted."))


def _keep(booking_id: str, form: Form, keep: Any, told: str) -> Any:
    """Write what one of the forms says, and go back to the page of the rental."""
    with transaction() as session:
        booking = _rented(session, booking_id)
        if form.validate():
            try:
                keep(session, form)
                flash(told, "success")
                return redirect(url_for("bookings.rental", booking_id=booking_id))
            except rentals.DepositRefused:
                form.form_errors.append(_("Somebody else has noted this meanwhile. Here is how it stands now."))
            except Refusal:
                form.form_errors.append(_("Please enter a name."))
        return _page(session, booking, form), 422


def _page(session: Session, booking: Booking, wrong: Form | None = None) -> str:
    """Return the page of a rental; `wrong` is the form that was not taken."""
    audit.note_look("bookings", booking.id)
    known = _known(session, booking)
    forms: dict[str, Any] = {
        "person": ResponsibleForm(formdata=None, data=_responsible(booking, known["rental"])),
        "deposit": DepositForm(formdata=None, data={"cents": known["deposit_cents"]}),
        "back": ReturnForm(formdata=None),
        "accept": AcceptForm(formdata=None, data={"accepted_by": _responsible(booking, known["rental"])["name"]}),
    }
    for name, form in forms.items():
        if wrong is not None and type(form) is type(wrong):
            forms[name] = wrong
    return render_template("bookings/rental.html", **known, forms=forms)


def _known(session: Session, booking: Booking) -> dict[str, Any]:
    rental = rentals.find_rental(session, booking.id)
    fee_class_id = rental.fee_class_id if rental else None
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    return {
        "booking": booking,
        "space_name": names.get(booking.space_id, _("A space that is no longer there")),
        "rental": rental,
        "deposit_cents": rental.deposit_cents if rental else 0,
        "fee_class": rentals.get_fee_class(session, fee_class_id) if fee_class_id else None,
        "tenant": service.get_tenant(session, booking.tenant_id) if booking.tenant_id else None,
        "rules": _rules(session, booking),
        "acceptances": rentals.acceptances_of(session, booking.id),
        "along": equipment.with_booking(session, booking.id),
        "printed_at": now(),
    }


def _responsible(booking: Booking, rental: Any) -> dict[str, str]:
    """Return who answers for the rental; as long as nobody said so, whoever booked."""
    if rental is not None and rental.responsible_name:
        return {
            "name": rental.responsible_name,
            "phone": rental.responsible_phone,
            "address": rental.responsible_address,
        }
    return {"name": booking.contact_name, "phone": booking.contact_phone, "address": ""}


def _rules(session: Session, booking: Booking) -> rentals.HouseRules | None:
    return rentals.rules_on(session, booking.starts_at.astimezone(zone()).date())


def _rented(session: Session, booking_id: str) -> Booking:
    booking = get_booking(session, booking_id)
    if booking.kind not in (BookingKind.RENTAL, BookingKind.SELF_MANAGED):
        abort(404)
    return booking
