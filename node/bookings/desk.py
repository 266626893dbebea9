"""What the pages of bookings share: the form with its choices, a booking's own page, addresses.

Rule: names and contacts are shown only to those with the right to see persons; whoever may not
see them changes a booking without touching them.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import history, panels, service
from node.bookings.forms import BookingForm, CancelForm, DeclineForm, ReasonForm, field_of_item, fields_of, of_equipment
from node.bookings.labels import CALLED_OFF_BY, KINDS, PERIODS, STATE_TONES, STATES, overruled_in_words
from node.bookings.models import Booking
from node.bookings.refusals import in_words
from node.bookings.rules import OVERRULABLE
from node.bookings.service import BookingEntry, Conflict
from node.core import audit
from node.core.rights import Right, may
from node.equipment import service as equipment
from node.rentals import service as rentals
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, Slot, SpaceTaken
from shared.time import YEARS, now
from shared.web import seen, zone
from shared.web.filters import local_datetime
from shared.web.forms import options
from shared.web.vocabulary import choices

pages = Blueprint("bookings", __name__, template_folder="templates", static_folder="static", url_prefix="/buchungen")
CONTACT = ("contact_name", "contact_phone", "contact_email", "note", "tenant_id")


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Labels for the templates of bookings."""
    return {
        "booking_kinds": KINDS,
        "booking_states": STATES,
        "booking_state_tones": STATE_TONES,
        "called_off_by": CALLED_OFF_BY,
        "overruled_in_words": overruled_in_words,
        "quota_periods": PERIODS,
    }


def booking_form(session: Session, booking: Booking | None = None, **filled: Any) -> BookingForm:
    """Return the form with this house's spaces, tenants and fee classes to choose from."""
    form = _form_with_equipment(session, booking)(**filled)
    listed = [space for space in spaces.list_spaces(session) if space.bookable or _is_of(booking, space.id)]
    levels = {space.id: level for space, level in spaces.in_tree_order(listed)}
    form.space_id.choices = options((space.id, "– " * levels[space.id] + space.name) for space in listed)
    form.kind.choices = [choice for choice in choices(KINDS) if _may_choose(choice.value, booking)]
    if booking is not None and not may(Right.SEE_PERSONS):
        for name in CONTACT:
            del form[name]
    elif form.tenant_id is not None:
        form.tenant_id.choices = _tenants(session, booking)
    form.fee_class_id.choices = _fee_classes(session, booking)
    return form


def entry_of(form: BookingForm, booking: Booking | None = None) -> BookingEntry:
    """Return what was typed; what the form does not show stays as the booking has it."""
    kept: Mapping[str, Any] = {}
    if booking is not None:
        before = BookingEntry.of(booking)
        kept = {"event_id": booking.event_id, "block_id": booking.block_id}
        kept |= {name: getattr(before, name) for name in CONTACT if name not in form}
    return form.entry(zone(), **kept)


def form_page(session: Session, form: BookingForm, problem: "Problem | None" = None) -> str:
    """Return the page of a new booking."""
    problem = problem or Problem()
    return render_template("bookings/new.html", form=form, problem=problem, price=price_of(session, form))


def booking_page(
    session: Session,
    booking: Booking,
    form: BookingForm | None = None,
    problem: "Problem | None" = None,
    reason: ReasonForm | None = None,
    *,
    told: bool = False,
) -> str:
    """Return the page of a booking: how it stands, what can be decided, its history.

    `told`: whoever changes it is told that somebody else has, and saves over it from now on.
    """
    listed = {space.id: space for space in spaces.list_spaces(session)}
    names = {space.id: space.name for space in listed.values()}
    asks = booking.state == BookingState.REQUESTED
    if may(Right.SEE_PERSONS):
        audit.note_look("bookings", booking.id)
    return render_template(
        "bookings/booking.html",
        booking=booking,
        form=form or form_of(session, booking),
        seen=seen.page_mark(BookingEntry.of(booking), told=told),
        problem=problem or Problem(),
        reason=reason or (DeclineForm(formdata=None) if asks else CancelForm(formdata=None)),
        reason_is_wrong=reason is not None,
        changing=form is not None,
        names=names,
        space_name=names.get(booking.space_id, _("A space that is no longer there")),
        tenant=service.get_tenant(session, booking.tenant_id) if booking.tenant_id else None,
        block=service.bookings_of_block(session, booking.block_id) if booking.block_id else (),
        rental=rentals.find_rental(session, booking.id),
        along=equipment.with_booking(session, booking.id),
        price=price_of(session, form) if form else None,
        history=history.of_booking(session, booking, names),
        panels=panels.of_booking(session, booking),
        day_href=day_of(booking),
        of_event=service.belongs_to_event(session, booking),
        stands=booking.state in (BookingState.REQUESTED, BookingState.CONFIRMED),
        is_over=booking.ends_at <= now(),
    )


def form_of(session: Session, booking: Booking) -> BookingForm:
    """Return the form that shows a booking as it stands."""
    fields = fields_of(BookingEntry.of(booking), zone())
    rental = rentals.find_rental(session, booking.id)
    fields["fee_class_id"] = (rental.fee_class_id if rental else None) or ""
    for reservation in equipment.with_booking(session, booking.id):
        fields[field_of_item(reservation.item_id)] = reservation.count
    return booking_form(session, booking, data=fields, formdata=None)


class Problem:
    """Why a form was not taken: a conflict with what is free instead, or a rule that may be overruled."""

    def __init__(self, conflict: Conflict | None = None, *, may_overrule: bool = False) -> None:
        self.conflict, self.may_overrule = conflict, may_overrule


def explain(
    session: Session, form: BookingForm, refusal: Refusal, entry: BookingEntry, but: str | None = None
) -> Problem:
    """Return the conflict if the space is taken; put any other refusal into words at the form's top."""
    if isinstance(refusal, SpaceTaken):
        return Problem(service.look_into(session, refusal, entry, zone(), now=now(), but=but))
    form.form_errors.append(in_words(refusal))
    if isinstance(refusal, equipment.StockExceeded):
        again = _free_again(session, refusal, entry.slot)
        if again is not None:
            form.form_errors.append(_("Enough of it is free again from %(time)s.", time=local_datetime(again)))
    return Problem(may_overrule=type(refusal) in OVERRULABLE and may(Right.DECIDE_BOOKINGS))


def overruling_of(form: BookingForm) -> service.Overruling | None:
    """Return who sets a rule aside: only somebody who may decide on bookings can."""
    return form.overruling(current_user.name) if may(Right.DECIDE_BOOKINGS) else None


def price_of(session: Session, form: BookingForm) -> int | None:
    """Return the price in cents of what the form says so far, None if that cannot be told yet."""
    said = (form.fee_class_id.data, form.day.data, form.starts.data, form.ends.data)
    if not all(said) or form.kind.data != BookingKind.RENTAL:
        return None
    slot = form.slot(zone())
    fee_class = next((each for each in rentals.list_fee_classes(session, all_of_them=True) if each.id == said[0]), None)
    return rentals.price_of(fee_class, slot) if fee_class is not None and slot.starts_at < slot.ends_at else None


def get_booking(session: Session, booking_id: str) -> Booking:
    """Return a booking of an address; an unknown one is a page that is not there."""
    try:
        return service.get_booking(session, booking_id)
    except service.BookingUnknown:
        abort(404)


def day_of(booking: Booking) -> str:
    """Return the address of the booking on the grid of its day."""
    shown = booking.starts_at.astimezone(zone()).date()
    return url_for("bookings.day", tag=shown.isoformat(), _anchor=f"b-{booking.id}")


def wanted_date(name: str = "tag") -> date | None:
    """Return the date of an address; nonsense is no date, nor is a year that no house can mean."""
    try:
        named = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return named if YEARS[0] < named.year < YEARS[1] else None


def wanted_wall(name: str) -> time | None:
    """Return the wall time of an address; nonsense is no time."""
    try:
        return datetime.strptime(request.args.get(name, ""), "%H:%M").time()  # noqa: DTZ007 (a wall time has no zone)
    except ValueError:
        return None


def _form_with_equipment(session: Session, booking: Booking | None) -> type[BookingForm]:
    """Return the form with what can be booked along, and what the booking has of retired things: it keeps them."""
    kept = {each.item_id for each in equipment.with_booking(session, booking.id)} if booking else set()
    listed = equipment.list_items(session)
    return of_equipment({item.id: item.name for item in listed if not item.retired or item.id in kept})


def _free_again(session: Session, refusal: equipment.StockExceeded, slot: Slot) -> datetime | None:
    """Return when enough of an item is free for as long as is wanted, None if nothing that is promised ends so."""
    length = slot.ends_at - slot.starts_at
    ends = sorted({each.ends_at for each in equipment.coming_of(session, refusal.item_id, slot.starts_at)})
    free = (end for end in ends if _suffices(session, refusal, Slot(end, end + length)))
    return next(free, None)


def _suffices(session: Session, refusal: equipment.StockExceeded, slot: Slot) -> bool:
    return equipment.free_of(session, refusal.item_id, slot) >= refusal.wanted


def _is_of(booking: Booking | None, space_id: str) -> bool:
    return booking is not None and booking.space_id == space_id


def _may_choose(kind: str, booking: Booking | None) -> bool:
    """Blocks are made by those who decide, and rentals let: what stands is not made one by a change of others."""
    if booking is not None and booking.kind == kind:
        return True
    if booking is not None and booking.state == BookingState.CONFIRMED and kind == BookingKind.RENTAL:
        return may(Right.DECIDE_BOOKINGS)
    return kind != BookingKind.BLOCKED or may(Right.DECIDE_BOOKINGS)


def _tenants(session: Session, booking: Booking | None) -> list[Any]:
    listed = [
        tenant
        for tenant in service.list_tenants(session, retired=booking is not None)
        if tenant.active or (booking is not None and booking.tenant_id == tenant.id)
    ]
    return options([("", _("nobody in the list")), *((tenant.id, tenant.name) for tenant in listed)])


def _fee_classes(session: Session, booking: Booking | None) -> list[Any]:
    rental = rentals.find_rental(session, booking.id) if booking else None
    kept = rental.fee_class_id if rental else None
    listed = [
        fee_class
        for fee_class in rentals.list_fee_classes(session, all_of_them=True)
        if fee_class.offered or fee_class.id == kept
    ]
    return options([("", _("not agreed yet")), *((fee_class.id, fee_class.name) for fee_class in listed)])
