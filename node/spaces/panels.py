"""What other features add to a space's page: its coming bookings, say.

Rule: spaces know none of those features; each adds a panel in its `register(app)`.
"""

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from node.spaces.models import Space

Panel = Callable[[Session, Space], str]
_EXTENSION = "stadtherz.space_panels"


def add(app: Flask, panel: Panel) -> None:
    """Show what `panel` returns (rendered, '' for nothing) on the page of each space."""
    app.extensions.setdefault(_EXTENSION, []).append(panel)


def of_space(session: Session, space: Space) -> list[str]:
    """Return what every panel has to say about a space."""
    panels = cast("list[Panel]", current_app.extensions.get(_EXTENSION, []))
    return [shown for panel in panels if (shown := panel(session, space))]
