"""Opened and closed: what staff note for a group that uses the house by itself; and the panels.

The panels show on a booking's page its keys and, for self-managed use, the log.
"""

from datetime import datetime, time, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from node.bookings import service as bookings
from node.bookings.models import Booking
from node.core.db import transaction
from node.core.rights import Right, may, needs
from node.keys import service
from node.keys.forms import ClosedForm, HandOutForm, OpenedForm
from node.keys.refusals import in_words
from node.keys.views import hand_out_form, pages
from shared.errors import Refusal
from shared.records.bookings import BookingKind, BookingState
from shared.time import at_local, now
from shared.web import zone


@pages.post("/eigenregie/<booking_id>/geoeffnet")
@needs(Right.TAKE_BOOKINGS)
def opened(booking_id: str) -> Any:
    """Note that the group has opened."""
    form = OpenedForm()
    return _note(booking_id, form, lambda session: note_opened(session, booking_id, form, current_user.name))


@pages.post("/eigenregie/<booking_id>/geschlossen")
@needs(Right.TAKE_BOOKINGS)
def closed(booking_id: str) -> Any:
    """Note that the group has closed, and how."""
    form = ClosedForm()
    return _note(booking_id, form, lambda session: note_closed(session, booking_id, form, current_user.name))


def note_opened(session: Session, booking_id: str, form: OpenedForm, by: str) -> None:
    """Write what the form says; an empty time is now."""
    booking = bookings.get_booking(session, booking_id)
    service.note_opened(session, booking_id, at=_near(booking.starts_at, form.opened.data), by=by)


def note_closed(session: Session, booking_id: str, form: ClosedForm, by: str) -> None:
    """Write what the form says; an empty time is now."""
    booking = bookings.get_booking(session, booking_id)
    service.note_closed(
        session,
        booking_id,
        at=_near(booking.ends_at, form.closed.data),
        by=by,
        in_order=form.in_order.data == "yes",
        note=form.left_how.data or "",
    )


def keys_panel(session: Session, booking: Booking) -> str:
    """Show the keys that went out for a booking, and the form that hands one out."""
    handovers = service.handovers_of_booking(session, booking.id)
    stands = booking.state == BookingState.CONFIRMED and booking.kind != BookingKind.BLOCKED
    takes = stands and booking.ends_at > now() - timedelta(days=1)
    if not may(Right.TAKE_BOOKINGS) or not (handovers or (takes and service.list_rings(session))):
        return ""
    labels = {ring.key.id: ring.key.label for ring in service.list_rings(session, all_of_them=True)}
    form = _filled(session, booking) if takes else None
    return render_template("keys/panel.html", booking=booking, handovers=handovers, labels=labels, form=form)


def opening_panel(session: Session, booking: Booking) -> str:
    """Show the log of a self-managed booking, and what is still to be noted."""
    if booking.kind != BookingKind.SELF_MANAGED or booking.state != BookingState.CONFIRMED:
        return ""
    return render_template(
        "keys/opening.html",
        booking=booking,
        opening=service.find_opening(session, booking.id),
        opened_form=OpenedForm(formdata=None),
        closed_form=ClosedForm(formdata=None),
        may_note=may(Right.TAKE_BOOKINGS) and booking.starts_at - timedelta(hours=12) <= now(),
    )


def _filled(session: Session, booking: Booking) -> HandOutForm:
    """Return the form of handing out with the booking's contact and end, a key of its space first."""
    rings = [ring for ring in service.list_rings(session) if ring.free]
    fitting = next((ring for ring in rings if booking.space_id in ring.key.opens), None)
    back = booking.ends_at.astimezone(zone())
    known = {
        "key_id": fitting.key.id if fitting else None,
        "holder_name": booking.contact_name if may(Right.SEE_PERSONS) else "",
        "holder_phone": booking.contact_phone if may(Right.SEE_PERSONS) else "",
        "due_on": back.date(),
        "due": back.time(),
    }
    return hand_out_form(session, formdata=None, data=known)


def _note(booking_id: str, form: Any, write: Any) -> Any:
    with transaction() as session:
        if not form.validate():
            flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "danger")
        else:
            try:
                write(session)
                flash(_("Noted."), "success")
            except bookings.BookingUnknown:
                abort(404)
            except Refusal as refusal:
                flash(in_words(refusal), "info")
    return redirect(url_for("bookings.show", booking_id=booking_id))


def _near(planned: datetime, wall: time | None) -> datetime:
    """Return the instant nearest to what was planned at which the clock shows `wall`; None is now."""
    if wall is None:
        return now()
    day = planned.astimezone(zone()).date()
    around = [at_local(day + timedelta(days=shift), wall, zone()) for shift in (-1, 0, 1)]
    return min(around, key=lambda instant: abs(instant - planned))
