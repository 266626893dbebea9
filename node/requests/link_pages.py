"""The page of a request behind its secret link: how it stands, and the way to call it off.

Rule: whoever has the link may see and call off this one request, and nothing else. A link that
leads nowhere looks the same whether it never existed or was erased.
"""

from typing import Any

import segno
from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from node.bookings.models import Booking
from node.centre import service as centres
from node.core.db import reading, transaction
from node.requests import service
from node.requests.models import RoomRequest
from node.requests.service import RequestUnknown, TooLate
from node.spaces import service as spaces
from shared.time import now
from shared.web import security


def state(secret: str) -> Any:
    """Show how the request stands, in plain words."""
    with reading() as session:
        return _state_page(session, secret)


def leave(secret: str) -> Any:
    """Ask once more: looking changes nothing, and links are followed by programs too."""
    with reading() as session:
        found, booking = _request(session, secret)
        space = spaces.get_space(session, booking.space_id)
        may = service.may_withdraw(booking, now())
    return render_template("requests/leave.html", found=found, booking=booking, space=space, may=may, secret=secret)


def withdraw(secret: str) -> Any:
    """Call the request off."""
    with transaction() as writing:
        try:
            service.withdraw(writing, secret, now=now())
        except RequestUnknown:
            abort(404)
        except TooLate:
            flash(_("This can no longer be called off here. Please ask the house by phone."), "warning")
        else:
            flash(_("Your request is called off. Thank you for telling us."), "success")
    return redirect(url_for("requests.state", secret=secret), 303)


def _state_page(session: Session, secret: str) -> str:
    found, booking = _request(session, secret)
    names = {space.id: space.name for space in spaces.list_spaces(session)}
    address = url_for("requests.state", secret=secret, _external=True)
    return render_template(
        "requests/state.html",
        found=found,
        booking=booking,
        names=names,
        centre=centres.profile(session),
        may_withdraw=service.may_withdraw(booking, now()),
        is_over=booking.ends_at < now(),
        address=address,
        code=segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        secret=secret,
        as_of_time=now(),
    )


def _request(session: Session, secret: str) -> tuple[RoomRequest, Booking]:
    try:
        return service.get_request(session, secret)
    except RequestUnknown:
        abort(404)


def leads_nowhere(response: Response) -> bool:
    return response.status_code == 404


def keep_secret(response: Response) -> Response:
    """A link opens what it names: nobody else may keep it, find it or hear of it."""
    response.headers["Referrer-Policy"] = "no-referrer" if request.endpoint == "requests.state" else "same-origin"
    return security.keep_address(response)


def panel(session: Session, booking: Booking) -> str:
    """Show on a booking's page that it was asked for on the web, and by which reference."""
    found = service.request_of_booking(session, booking.id)
    return render_template("requests/panel.html", found=found) if found else ""
