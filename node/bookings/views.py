"""The day's grid of spaces, and the pages on which bookings are taken and changed."""

from datetime import timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from node.bookings import service
from node.bookings.day import lay_out
from node.bookings.desk import (
    booking_form,
    booking_page,
    day_of,
    entry_of,
    explain,
    form_page,
    get_booking,
    overruling_of,
    pages,
    price_of,
    wanted_date,
    wanted_wall,
)
from node.bookings.forms import BookingForm, blank
from node.core.accounts import staff_required
from node.core.db import reading, transaction
from node.core.rights import Right, may, needs
from node.rentals import service as rentals
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState, Slot
from shared.time import local_day, now
from shared.web import seen, zone
from shared.web.filters import money

A_DAY = timedelta(days=1)  # buffers of the days around reach in


@pages.get("")
@staff_required
def day() -> Any:
    """The grid of one day, today if none is named, and the requests that wait."""
    shown = wanted_date() or now().astimezone(zone()).date()
    within = Slot(*local_day(shown, zone()))
    with reading() as session:
        listed = spaces.list_spaces(session)
        found = service.bookings_of_day(session, within)
        confirmed = [booking for booking in found if booking.state == BookingState.CONFIRMED]
        held = service.held_by_part(session, Slot(within.starts_at - A_DAY, within.ends_at + A_DAY))
        return render_template(
            "bookings/day.html",
            table=lay_out(
                shown, listed, confirmed, held, zone(), service.guest_hours_of_day(session, listed, shown, zone())
            ),
            within=within,
            names={space.id: space.name for space in listed},
            requests=service.open_requests(session, now(), limit=3),
            waiting=service.count_requests(session, now()),
            day=shown,
            before=shown - A_DAY,
            after=shown + A_DAY,
            today=now().astimezone(zone()).date(),
            may_book=may(Right.TAKE_BOOKINGS),
        )


@pages.get("/neu")
@needs(Right.TAKE_BOOKINGS)
def new() -> Any:
    """An empty form, or one that a free gap of the grid has filled in."""
    space_id = request.args.get("raum", "")
    day = wanted_date() or now().astimezone(zone()).date()
    known = blank(day, space_id, wanted_wall("von"), wanted_wall("bis"))
    with reading() as session:
        usual = next((space.fee_class for space in spaces.list_spaces(session) if space.id == space_id), "")
        fee_class = rentals.find_fee_class(session, usual)
        known["fee_class_id"] = fee_class.id if fee_class else ""
        return form_page(session, booking_form(session, data=known))


@pages.post("/neu")
@needs(Right.TAKE_BOOKINGS)
def take() -> Any:
    """Book; if the space is taken say by what, and offer what is free instead."""
    with transaction() as session:
        form = booking_form(session)
        form.take_instead(request.form.get("instead"))
        if request.form.get("show") == "price":
            return form_page(session, form)
        if not form.validate():
            return form_page(session, form), 422
        entry, wanted = entry_of(form), _wanted_state(form)
        try:
            booking = service.take_booking(
                session, entry, now=now(), by=current_user.name, state=wanted, overruling=overruling_of(form)
            )
        except Refusal as refusal:
            return form_page(session, form, explain(session, form, refusal, entry)), 409
        flash(_("The request is noted.") if wanted == BookingState.REQUESTED else _("Booked."), "success")
        return redirect(day_of(booking))


@pages.get("/preis.json")
@needs(Right.TAKE_BOOKINGS)
def price() -> Any:
    """What the form costs as it is filled in; the form's script asks as the times change."""
    with reading() as session:
        form = booking_form(session, formdata=request.args, meta={"csrf": False})
        cents = price_of(session, form)
    return jsonify(price="" if cents is None else money(cents))


@pages.get("/<booking_id>")
@staff_required
def show(booking_id: str) -> Any:
    """A booking with its form (as long as it stands) and what can be decided about it."""
    with reading() as session:
        return booking_page(session, get_booking(session, booking_id))


@pages.post("/<booking_id>")
@needs(Right.TAKE_BOOKINGS)
def move(booking_id: str) -> Any:
    """Change a booking."""
    with transaction() as session:
        booking = get_booking(session, booking_id)
        form = booking_form(session, booking)
        form.take_instead(request.form.get("instead"))
        if request.form.get("show") == "price":
            return booking_page(session, booking, form)
        if not form.validate():
            return booking_page(session, booking, form), 422
        entry = entry_of(form, booking)
        if seen.is_outdated(service.BookingEntry.of(booking)):
            form.form_errors.append(seen.CHANGED_MEANWHILE)
            return booking_page(session, booking, form, told=True), 409
        try:
            service.refuse_of_event(session, booking)
            service.move_booking(session, booking_id, entry, now=now(), overruling=overruling_of(form))
        except Refusal as refusal:
            return booking_page(session, booking, form, explain(session, form, refusal, entry, but=booking_id)), 409
        flash(_("Changed."), "success")
        return redirect(day_of(booking))


def _wanted_state(form: BookingForm) -> BookingState:
    """Return whether this is booked or only asked for: a rental is decided by those who may."""
    asked = request.form.get("state") == "requested"
    undecided = form.kind.data == BookingKind.RENTAL and not may(Right.DECIDE_BOOKINGS)
    return BookingState.REQUESTED if asked or undecided else BookingState.CONFIRMED
