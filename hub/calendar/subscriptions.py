"""The calendar for machines: iCalendar and Atom for every filter, event and series, and the list as JSON.

All answers carry an ETag; whoever has it already gets 304 and no body.
"""

import hashlib
from typing import Any

import orjson
from flask import Blueprint, Response, abort, current_app, request, url_for

from hub.calendar import feeds, news, queries, series_file
from hub.calendar.filters import from_arguments
from hub.calendar.forms import CalendarForm
from hub.calendar.showing import Shown, shown, title_of
from hub.config import HubConfig
from hub.core.db import reading
from shared import ical
from shared.time import local_day, now, to_wire
from shared.web import pagination, zone
from shared.web.security import open_to_all

machine = Blueprint("calendar_feeds", __name__)
_TAKEN_OVER = (
    "kind", "state", "title", "summary", "target_groups", "languages", "accessibility",
    "cost_cents", "cost_note", "attendance", "cancel_reason",
)  # fmt: skip


@machine.get("/kalender.ics")
def feed() -> Response:
    """Give what the filters find to a calendar program, again and again."""
    filters = from_arguments(request.args)
    with reading() as session:
        starts, ends = feeds.window(now().astimezone(zone()).date(), zone())
        mark = feeds.fingerprint(session, filters, starts, ends, request.host_url)
        if request.if_none_match.contains_weak(mark):
            return _unchanged(mark)
        name = f"{_config().city_name or _config().city} · {title_of(session, filters)}"
        content = ical.calendar(name, feeds.entries(session, filters, starts, ends, _config().city), zone())
    return _calendar(content, mark, "kalender.ics")


@machine.get("/veranstaltung/<centre_id>/<event_id>.ics")
def event_file(centre_id: str, event_id: str) -> Response:
    """Give one event to a calendar program."""
    with reading() as session:
        row = queries.find_event(session, centre_id, event_id) or abort(404)
        (each,) = shown(session, [row])
    content = ical.calendar(row.title, [feeds.entry(each, _config().city)], zone())
    mark = _mark(content)
    return _unchanged(mark) if request.if_none_match.contains_weak(mark) else _calendar(content, mark, "termin.ics")


@machine.get("/veranstaltung/<centre_id>/serie/<series_id>.ics")
def series(centre_id: str, series_id: str) -> Response:
    """Give all dates of a series to a calendar program, as one entry with its exceptions."""
    with reading() as session:
        rows = series_file.dates_of(session, centre_id, series_id) or abort(404)
        entries = series_file.entries(shown(session, rows), _config().city)
    content = ical.calendar(entries[0].title, entries, zone())
    mark = _mark(content)
    return _unchanged(mark) if request.if_none_match.contains_weak(mark) else _calendar(content, mark, "serie.ics")


@machine.get("/kalender.atom")
def news_feed() -> Response:
    """Tell a feed reader what is new or changed among the coming dates that the filters find."""
    filters = from_arguments(request.args)
    with reading() as session:
        content = news.feed(session, filters, now(), f"{_config().city_name or _config().city}")
    mark = _mark(content)
    if request.if_none_match.contains_weak(mark):
        return _unchanged(mark)
    response = Response(content, mimetype="application/atom+xml")
    response.set_etag(mark)
    return response


@machine.after_request
def for_all_pages(response: Response) -> Response:
    """Let scripts of other sites read what everybody may read."""
    return open_to_all(response)


@machine.get("/api/events")
def api() -> Response:
    """Give a page of the list as JSON; takes the arguments of the list page.

    `more` tells whether there is another page; instants are in UTC.
    """
    form = CalendarForm().offer([], [], {})
    form.validate()
    if form.ab.errors or form.bis.errors:
        abort(400)
    since = form.ab.data or now().astimezone(zone()).date()
    starts = local_day(since, zone())[0]
    ends = local_day(form.bis.data, zone())[1] if form.bis.data else None
    number = pagination.wanted(request.args.get(pagination.ARGUMENT))
    offset = (number - 1) * pagination.PER_PAGE
    if offset > queries.COUNTED_MAX:
        abort(400)  # ask from a later day instead: skipping costs as much as reading
    with reading() as session:
        rows = queries.listed(
            session, from_arguments(request.args), starts, ends, offset=offset, limit=pagination.PER_PAGE + 1
        )
        events = shown(session, rows[: pagination.PER_PAGE])
    page = {
        "from": since.isoformat(),
        "page": number,
        "more": len(rows) > pagination.PER_PAGE,
        "events": [_written(each) for each in events],
    }
    content = orjson.dumps(page)
    mark = _mark(content)
    if request.if_none_match.contains_weak(mark):
        return _unchanged(mark)
    response = Response(content, mimetype="application/json")
    response.set_etag(mark)
    return response


def _written(each: Shown) -> dict[str, Any]:
    event = each.event
    return {
        "id": event.id,
        "centre_id": event.centre_id,
        "centre": each.place.name,
        "district": each.place.district,
        "starts_at": to_wire(event.starts_at),
        "ends_at": to_wire(event.ends_at),
        "theme": event.theme,
        "place": event.place or each.place.address,
        **{name: getattr(event, name) for name in _TAKEN_OVER},
        "url": url_for("calendar.event_page", centre_id=event.centre_id, event_id=event.id, _external=True),
    }


def _mark(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _unchanged(mark: str) -> Response:
    response = Response(status=304)
    response.set_etag(mark)
    return response


def _calendar(content: bytes, mark: str, name: str) -> Response:
    response = Response(content, content_type=ical.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.set_etag(mark)
    return response


def _config() -> HubConfig:
    config: HubConfig = current_app.extensions["stadtherz.config"]
    return config
