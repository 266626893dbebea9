"""oEmbed (oembed.com, 1.0): who pastes an address of the calendar into a blog gets the frame."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from hub.calendar import queries
from hub.calendar.showing import title_of
from hub.core.db import reading
from hub.widget.views import pages
from hub.widget.wish import Wish, from_address
from shared.web.security import open_to_all

__all__ = ["pages"]  # the same blueprint as in `views`
LISTS = (
    "calendar.agenda",
    "calendar.day",
    "calendar.week",
    "calendar.month",
    "calendar.house",
    "calendar.house_before",
)
EVENT = "calendar.event_page"
WIDTH = 600
EVENT_HEIGHT = 190
KEPT_S = 3600


class Embedded(NamedTuple):
    """A frame and its size in pixels."""

    title: str
    address: str
    height: int


@pages.get("/oembed")
def oembed() -> Any:
    """Answer with the frame for one of this site's addresses."""
    if request.args.get("format", "json") != "json":
        abort(501)  # as the specification wants it
    with reading() as session:
        found = _embedded(session, request.args.get("url", "")) or abort(404)
    width = min(WIDTH, _pixels("maxwidth") or WIDTH)
    height = min(found.height, _pixels("maxheight") or found.height)
    answer: Response = jsonify(
        version="1.0",
        type="rich",
        title=found.title,
        provider_name=f"Stadtherz {current_app.extensions['stadtherz.config'].city_name}".strip(),
        provider_url=url_for("home", _external=True),
        cache_age=KEPT_S,
        width=width,
        height=height,
        html=render_template("widget/code.html", address=found.address, title=found.title, width=width, height=height),
    )
    return open_to_all(answer)


def _embedded(session: Session, url: str) -> Embedded | None:
    """Return the frame for an address, None if there is none for it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None  # an address that none can have
    if parts.netloc != request.host:
        return None
    adapter = current_app.url_map.bind(request.host)
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        return None
    asked = MultiDict(parse_qsl(parts.query))
    if endpoint == EVENT:
        row = queries.find_event(session, **values)
        address = url_for("widget.event_frame", _external=True, **values)
        return Embedded(row.title, address, EVENT_HEIGHT) if row else None
    if endpoint not in LISTS:
        return None
    wish: Wish = from_address(MultiDict({**asked, "zentrum": values["centre_id"]} if values else asked))
    return Embedded(title_of(session, wish.filters), wish.address, wish.height)


def _pixels(argument: str) -> int:
    text = request.args.get(argument, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
