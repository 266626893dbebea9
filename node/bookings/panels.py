"""What other features add to a booking's page: its keys, its series, what a group noted.

Rule: bookings know none of those features; each adds a panel in its `register(app)`.
"""

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from node.bookings.models import Booking

Panel = Callable[[Session, Booking], str]
_EXTENSION = "stadtherz.booking_panels"


def add(app: Flask, panel: Panel) -> None:
    """Show what `panel` returns (rendered, '' for nothing) on the page of each booking."""
    app.extensions.setdefault(_EXTENSION, []).append(panel)


def of_booking(session: Session, booking: Booking) -> list[Markup]:
    """Return what every panel has to say about a booking: the output of templates, so it is safe."""
    panels = cast("list[Panel]", current_app.extensions.get(_EXTENSION, []))
    return [Markup(shown) for panel in panels if (shown := panel(session, booking))]  # noqa: S704 (of templates)
