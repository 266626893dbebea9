"""The day's grid of spaces, and the pages on which bookings are taken, changed and decided."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service
from node.bookings.day import lay_out
from node.bookings.forms import BookingForm, ReasonForm, blank, fields_of
from node.bookings.labels import KINDS, STATE_TONES, STATES
from node.bookings.models import Booking
from node.bookings.refusals import in_words
from node.bookings.service import BookingEntry, Conflict
from node.core.accounts import Role, staff_required
from node.core.db import reading, transaction
from node.spaces import service as spaces
from shared.errors import Refusal
from shared.records.bookings import BookingState, Slot, SpaceTaken
from shared.time import local_day, now
from shared.web import zone
from shared.web.forms import options

pages = Blueprint("bookings", __name__, template_folder="templates", static_folder="static", url_prefix="/buchungen")
MAY_BOOK = (Role.OFFICE, Role.RECEPTION)
A_DAY = timedelta(days=1)  # buffers of the days around reach in


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Labels for the templates of bookings."""
    return {"booking_kinds": KINDS, "booking_states": STATES, "booking_state_tones": STATE_TONES}


@pages.get("")
@staff_required
def day() -> Any:
    """The grid of one day, today if none is named, and the requests that wait."""
    shown = _date(request.args.get("tag")) or now().astimezone(zone()).date()
    within = Slot(*local_day(shown, zone()))
    with reading() as session:
        listed = spaces.list_spaces(session)
        found = service.bookings_of_day(session, within)
        confirmed = [booking for booking in found if booking.state == BookingState.CONFIRMED]
        held = service.held_by_part(session, Slot(within.starts_at - A_DAY, within.ends_at + A_DAY))
        return render_template(
            "bookings/day.html",
            table=lay_out(shown, listed, confirmed, held, zone()),
            names={space.id: space.name for space in listed},
            requests=service.open_requests(session, now()),
            day=shown,
            before=shown - A_DAY,
            after=shown + A_DAY,
            today=now().astimezone(zone()).date(),
            may_book=current_user.may(*MAY_BOOK),
        )


@pages.get("/neu")
@staff_required(*MAY_BOOK)
def new() -> Any:
    """An empty form, or one that a free gap of the grid has filled in."""
    starts, ends = _wall(request.args.get("von")), _wall(request.args.get("bis"))
    day = _date(request.args.get("tag")) or now().astimezone(zone()).date()
    known = blank(day, request.args.get("raum", ""), starts, ends)
    with reading() as session:
        return _form_page(session, _form(session, data=known))


@pages.post("/neu")
@staff_required(*MAY_BOOK)
def take() -> Any:
    """Book; if the space is taken say by what, and offer what is free instead."""
    with transaction() as session:
        form = _form(session)
        form.take_instead(request.form.get("instead"))
        if not form.validate():
            return _form_page(session, form), 422
        wanted = BookingState.REQUESTED if request.form.get("state") == "requested" else BookingState.CONFIRMED
        entry = form.entry(zone())
        try:
            booking = service.take_booking(session, entry, now=now(), by=current_user.name, state=wanted)
        except Refusal as refusal:
            conflict = _explain(session, form, refusal, entry)
            return _form_page(session, form, conflict=conflict), 409
        flash(_("The request is noted.") if wanted == BookingState.REQUESTED else _("Booked."), "success")
        return redirect(_day_of(booking))


@pages.get("/<booking_id>")
@staff_required
def show(booking_id: str) -> Any:
    """A booking with its form (as long as it stands) and what can be decided about it."""
    with reading() as session:
        booking = _booking(session, booking_id)
        return _booking_page(
            session, booking, _form(session, booking, data=fields_of(BookingEntry.of(booking), zone()))
        )


@pages.post("/<booking_id>")
@staff_required(*MAY_BOOK)
def move(booking_id: str) -> Any:
    """Change a booking."""
    with transaction() as session:
        booking = _booking(session, booking_id)
        form = _form(session, booking)
        form.take_instead(request.form.get("instead"))
        if not form.validate():
            return _booking_page(session, booking, form), 422
        entry = form.entry(zone(), booking.event_id)
        try:
            service.move_booking(session, booking_id, entry)
        except Refusal as refusal:
            conflict = _explain(session, form, refusal, entry, but=booking_id)
            return _booking_page(session, booking, form, conflict=conflict), 409
        flash(_("Changed."), "success")
        return redirect(_day_of(booking))


@pages.post("/<booking_id>/bestaetigen")
@staff_required(*MAY_BOOK)
def confirm(booking_id: str) -> Any:
    """Confirm a request; if its space is taken by now, say by what and what is free instead."""
    with transaction() as session:
        booking = _booking(session, booking_id)
        try:
            service.confirm_booking(session, booking_id, now=now(), by=current_user.name)
        except Refusal as refusal:
            entry = BookingEntry.of(booking)
            form = _form(session, booking, data=fields_of(entry, zone()), formdata=None)
            conflict = _explain(session, form, refusal, entry, but=booking_id)
            return _booking_page(session, booking, form, conflict=conflict), 409
        flash(_("Confirmed."), "success")
        return redirect(_day_of(booking))


@pages.post("/<booking_id>/ablehnen")
@staff_required(*MAY_BOOK)
def decline(booking_id: str) -> Any:
    """Decline a request with a reason."""
    return _decide(booking_id, service.decline_booking, _("Declined."))


@pages.post("/<booking_id>/absagen")
@staff_required(*MAY_BOOK)
def cancel(booking_id: str) -> Any:
    """Cancel a booking; the space is free again."""
    return _decide(booking_id, service.cancel_booking, _("Cancelled. The space is free again."))


def _decide(booking_id: str, decision: Any, told: str) -> Any:
    with transaction() as session:
        booking = _booking(session, booking_id)
        form = ReasonForm()
        if form.validate():
            try:
                decision(session, booking_id, form.reason.data or "", now=now(), by=current_user.name)
                flash(told, "success")
                return redirect(_day_of(booking))
            except Refusal as refusal:
                form.form_errors.append(in_words(refusal))
        fields = fields_of(BookingEntry.of(booking), zone())
        shown = _form(session, booking, data=fields, formdata=None)
        return _booking_page(session, booking, shown, reason=form), 422


def _explain(
    session: Session, form: BookingForm, refusal: Refusal, entry: BookingEntry, but: str | None = None
) -> Conflict | None:
    """Return the conflict if the space is taken; put any other refusal into words at the form's top."""
    if isinstance(refusal, SpaceTaken):
        return service.look_into(session, refusal, entry, zone(), now=now(), but=but)
    form.form_errors.append(in_words(refusal))
    return None


def _form(session: Session, booking: Booking | None = None, **filled: Any) -> BookingForm:
    form = BookingForm(**filled)
    listed = [space for space in spaces.list_spaces(session) if space.bookable or _is_of(booking, space.id)]
    levels = {space.id: level for space, level in spaces.in_tree_order(listed)}
    form.space_id.choices = options((space.id, "– " * levels[space.id] + space.name) for space in listed)
    return form


def _is_of(booking: Booking | None, space_id: str) -> bool:
    return booking is not None and booking.space_id == space_id


def _form_page(session: Session, form: BookingForm, conflict: Conflict | None = None) -> str:
    return render_template("bookings/new.html", form=form, conflict=conflict)


def _booking_page(
    session: Session,
    booking: Booking,
    form: BookingForm,
    conflict: Conflict | None = None,
    reason: ReasonForm | None = None,
) -> str:
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    return render_template(
        "bookings/booking.html",
        booking=booking,
        form=form,
        conflict=conflict,
        reason=reason or ReasonForm(formdata=None),
        space_name=names.get(booking.space_id, _("A space that is no longer there")),
        may_book=current_user.may(*MAY_BOOK),
        day_href=_day_of(booking),
        has_programme="programme.edit" in current_app.view_functions,
        stands=booking.state in (BookingState.REQUESTED, BookingState.CONFIRMED),
    )


def _booking(session: Session, booking_id: str) -> Booking:
    try:
        return service.get_booking(session, booking_id)
    except service.BookingUnknown:
        abort(404)


def _day_of(booking: Booking) -> str:
    shown = booking.starts_at.astimezone(zone()).date()
    return url_for("bookings.day", tag=shown.isoformat(), _anchor=f"b-{booking.id}")


def _date(text: str | None) -> date | None:
    """Return the date of an address; nonsense is no date."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _wall(text: str | None) -> time | None:
    """Return the wall time of an address; nonsense is no time."""
    try:
        return datetime.strptime(text or "", "%H:%M").time()  # noqa: DTZ007 (a wall time has no zone)
    except ValueError:
        return None
