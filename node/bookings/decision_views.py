"""The inbox of requests, and what is decided about a booking: confirmed, declined, cancelled."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.desk import booking_page, day_of, explain, form_of, get_booking, pages
from node.bookings.forms import CancelForm, DeclineForm
from node.bookings.models import Booking
from node.bookings.refusals import in_words
from node.bookings.service import BookingEntry
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import CalledOffBy, Slot
from shared.time import now
from shared.web import zone
from shared.web.pagination import of_query
from shared.web.pagination import wanted as wanted_page

PER_PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A request with what stands in its way now (None if the space is free)."""

    booking: Booking
    culprit: Booking | None


@pages.get("/anfragen")
@needs(Right.TAKE_BOOKINGS)
def inbox() -> Any:
    """The requests that wait for an answer: how long already, and whether the space is free."""
    with reading() as session:
        listed = {space.id: space.name for space in spaces.list_spaces(session)}
        page = of_query(session, service.waiting_requests(now()), wanted_page(request.args.get("seite")), PER_PAGE)
        waiting = [_waiting(session, booking, listed) for booking in page.items]
        return render_template(
            "bookings/inbox.html",
            waiting=waiting,
            pagination=page,
            names=listed,
            as_of_time=now(),
            may_decide=may(Right.DECIDE_BOOKINGS),
            may_see=may(Right.SEE_PERSONS),
        )


@pages.post("/<booking_id>/bestaetigen")
@needs(Right.DECIDE_BOOKINGS)
def confirm(booking_id: str) -> Any:
    """Confirm a request; if its space is taken by now, say by what and what is free instead."""
    with transaction() as session:
        booking = get_booking(session, booking_id)
        try:
            service.confirm_booking(session, booking_id, now=now(), by=current_user.name)
        except Refusal as refusal:
            form, entry = form_of(session, booking), BookingEntry.of(booking)
            return booking_page(session, booking, form, explain(session, form, refusal, entry, but=booking_id)), 409
        flash(_("Confirmed."), "success")
        return redirect(_after(booking))


@pages.post("/<booking_id>/stattdessen")
@needs(Right.DECIDE_BOOKINGS)
def confirm_instead(booking_id: str) -> Any:
    """Confirm a request as the alternative that was clicked; what was asked for is remembered."""
    with transaction() as session:
        booking = get_booking(session, booking_id)
        form = form_of(session, booking)
        form.take_instead(request.form.get("instead"))
        entry = _moved(booking, form)
        try:
            service.confirm_instead(session, booking_id, entry, now=now(), by=current_user.name)
        except Refusal as refusal:
            return booking_page(session, booking, form, explain(session, form, refusal, entry, but=booking_id)), 409
        flash(_("Confirmed as offered. Please tell whoever asked: it is not what they asked for."), "success")
        return redirect(url_for("bookings.show", booking_id=booking_id))


@pages.post("/<booking_id>/ablehnen")
@needs(Right.DECIDE_BOOKINGS)
def decline(booking_id: str) -> Any:
    """Decline a request with a reason."""
    with transaction() as session:
        booking, form = get_booking(session, booking_id), DeclineForm()
        if form.validate():
            try:
                service.decline_booking(session, booking_id, form.words(), now=now(), by=current_user.name)
                flash(_("Declined."), "success")
                return redirect(_after(booking))
            except Refusal as refusal:
                form.form_errors.append(in_words(refusal))
        return booking_page(session, booking, reason=form), 422


@pages.post("/<booking_id>/absagen")
@needs(Right.TAKE_BOOKINGS)
def cancel(booking_id: str) -> Any:
    """Cancel a booking; the space is free again."""
    with transaction() as session:
        booking, form = get_booking(session, booking_id), CancelForm()
        if form.validate():
            try:
                service.refuse_of_event(session, booking)
                whose = CalledOffBy(form.wanted_by.data)
                service.cancel_booking(
                    session, booking_id, form.words(), now=now(), by=current_user.name, wanted_by=whose
                )
                flash(_("Cancelled. The space is free again."), "success")
                return redirect(day_of(booking))
            except Refusal as refusal:
                form.form_errors.append(in_words(refusal))
        return booking_page(session, booking, reason=form), 422


def _waiting(session: Session, booking: Booking, listed: dict[str, str]) -> Waiting:
    """Return a request and what is in its way; one for a space that is gone meets nothing."""
    slot = Slot(booking.starts_at, booking.ends_at)
    there = booking.space_id in listed
    return Waiting(booking, service.find_culprit(session, booking.id, booking.space_id, slot) if there else None)


def _moved(booking: Booking, form: Any) -> BookingEntry:
    """Return what the booking says, at the time and in the space that the form has now."""
    kept = {name: getattr(booking, name) for name in ("event_id", "tenant_id", "block_id")}
    said = {name: getattr(booking, name) for name in ("kind", "title", "persons", "note")}
    contact = {name: getattr(booking, name) for name in ("contact_name", "contact_phone", "contact_email")}
    return BookingEntry(space_id=form.space_id.data, slot=form.slot(zone()), **said, **contact, **kept)


def _after(booking: Booking) -> str:
    """Return where to go on: back to the inbox, if the decision was made there."""
    return url_for("bookings.inbox") if request.args.get("zurueck") == "anfragen" else day_of(booking)
