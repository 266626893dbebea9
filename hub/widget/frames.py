"""The frames that other sites embed: a list of dates, or one. Plain HTML and CSS of their own.

Rule: no cookie, no script, nothing from elsewhere; whoever reads a frame is not seen by anybody else.
These pages alone may be framed by others.
"""

from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.calendar import queries
from hub.calendar.showing import shown, title_of
from hub.core.db import reading
from hub.widget.views import pages
from hub.widget.wish import Wish, from_address
from shared.time import local_day, now
from shared.web import zone

__all__ = ["pages"]  # the same blueprint as in `views`, with these pages on it
POLICY = "; ".join(  # noqa: FLY002 (one rule a line)
    (
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
FRESH_FOR = "public, max-age=300"


@pages.get("/einbetten/liste")
def frame() -> Any:
    """Show the next dates that the filters find."""
    wish = from_address(request.args)
    starts = local_day(now().astimezone(zone()).date(), zone())[0]
    with force_locale(wish.language), reading() as session:
        rows = queries.listed(session, wish.filters, starts, limit=wish.number)
        arguments = {name: value for name, value in wish.arguments.items() if name not in ("anzahl", "farben", "in")}
        whole = url_for("calendar.agenda", _external=True, **arguments)
        return _page(session, wish, rows, title_of(session, wish.filters), whole)


@pages.get("/einbetten/termin/<centre_id>/<event_id>")
def event_frame(centre_id: str, event_id: str) -> Any:
    """Show one date."""
    wish = from_address(request.args)
    with force_locale(wish.language), reading() as session:
        row = queries.find_event(session, centre_id, event_id) or abort(404)
        whole = url_for("calendar.event_page", _external=True, centre_id=centre_id, event_id=event_id)
        return _page(session, wish, [row], "", whole)


def _page(session: Session, wish: Wish, rows: Any, title: str, whole: str) -> Response:
    """Return a frame; `whole` is the page of the city that it leads to."""
    page = render_template("widget/frame.html", wish=wish, events=shown(session, rows), title=title, whole=whole)
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = FRESH_FOR
    answer.headers["X-Robots-Tag"] = "noindex"  # the dates themselves are to be found, not the frames around them
    return answer
