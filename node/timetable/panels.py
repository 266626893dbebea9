"""What the timetable tells on pages of others: a space's coming bookings, what equipment's bookings are called."""

from collections.abc import Iterable, Mapping

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from node.bookings.labels import KINDS
from node.bookings.models import Booking
from node.equipment.naming import Named
from node.spaces import service as spaces
from node.spaces.models import Space
from node.timetable.service import coming_in
from shared.time import now

DAYS_AHEAD = 28
SHOWN_MAX = 12


def coming_bookings(session: Session, space: Space) -> str:
    """Return the panel of a space's page: what is booked in the next four weeks."""
    coming = coming_in(session, space, now(), DAYS_AHEAD)
    return render_template(
        "timetable/coming.html",
        space=space,
        bookings=coming[:SHOWN_MAX],
        more=len(coming) - SHOWN_MAX if len(coming) > SHOWN_MAX else 0,
        names=_names(session),
        kinds=KINDS,
    )


def booking_names(session: Session, booking_ids: Iterable[str]) -> Mapping[str, Named]:
    """Return what bookings are for, where, and the address of their pages."""
    wanted = list(booking_ids)
    if not wanted:
        return {}
    names = _names(session)
    return {
        booking.id: Named(
            booking.title or str(KINDS.get(booking.kind, booking.kind)),
            names.get(booking.space_id, ""),
            url_for("bookings.show", booking_id=booking.id),
        )
        for booking in session.scalars(select(Booking).where(Booking.id.in_(wanted)))
    }


def _names(session: Session) -> dict[str, str]:
    return {space.id: space.name for space in spaces.list_spaces(session)}
