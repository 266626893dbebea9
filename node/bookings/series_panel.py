"""What a booking's page says of the series that it belongs to, and the words of series for all pages."""

from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from node.bookings import panels
from node.bookings.models import Booking
from node.core.rights import Right, may, roles_with
from node.series.models import BookingSeries
from node.series.words import in_words, of_pattern
from shared.records.bookings import BookingState
from shared.time import now
from shared.web import navigation
from shared.web.filters import month


def equip(app: Flask) -> None:
    """Show the panel on each booking's page, give templates the words of a series, lead to the list."""
    panels.add(app, series_panel)
    app.context_processor(words)
    navigation.add(
        app,
        _l("Series of bookings"),
        "bookings.list_series",
        order=35,
        roles=roles_with(Right.TAKE_BOOKINGS),
        group="house",
        about=_l("What uses a space every week or month: booked once for all its dates."),
    )


def words() -> dict[str, Any]:
    return {"series_words": in_words, "series_words_of": of_pattern, "month_name": month}


def series_panel(session: Session, booking: Booking) -> Any:
    """Return the panel; nothing for a booking that stands alone."""
    series = session.get(BookingSeries, booking.series_id) if booking.series_id else None
    if series is None:
        return ""
    shown = render_template(
        "bookings/series_panel.html",
        series=series,
        day=booking.occurrence_on,
        coming=booking.state == BookingState.CONFIRMED and booking.starts_at > now(),
        may_decide=may(Right.DECIDE_BOOKINGS),
    )
    return Markup(shown)  # noqa: S704 (it comes out of a template, which has escaped it)
